//! The mail about a requested change of address, in every language.

use mail::Mail;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

use super::sample::{CODE, SUPPORT, Sample};

fn mails() -> impl Iterator<Item = Mail> {
    Locale::ALL
        .into_iter()
        .map(|locale| Sample::of(MailKind::AddressChangeRequested, locale).render())
}

#[test]
fn it_has_no_link_and_no_code() {
    for mail in mails() {
        assert!(!mail.html.contains("href"), "{}", mail.html);
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.contains("://") && !part.contains(CODE), "{part}");
        }
    }
}

#[test]
fn it_names_only_the_earlier_address() {
    for mail in mails() {
        let text = mail
            .text
            .replace("ada@example.org", "")
            .replace(SUPPORT, "");
        assert!(!text.contains('@'), "{text}");
    }
}
