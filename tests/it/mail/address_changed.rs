//! The mail to the earlier address, in every language.

use mail::Mail;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

use super::sample::{CODE, SUPPORT, Sample};

fn mails() -> impl Iterator<Item = Mail> {
    Locale::ALL
        .into_iter()
        .map(|locale| Sample::of(MailKind::AddressChanged, locale).render())
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

#[test]
fn it_greets_without_a_name() {
    for mail in mails() {
        assert!(!mail.text.contains("Ada"), "{}", mail.text);
    }
}

#[test]
fn without_support_the_sender_is_asked() {
    for (reply_to, asked) in [
        ("Team <team@acme.example>", "team@acme.example"),
        ("", "no-reply@acme.example"),
    ] {
        let mail = Sample::of(MailKind::AddressChanged, Locale::En)
            .with("SUPPORT_ADDRESS", "")
            .with("REPLY_TO", reply_to)
            .render();
        let last = format!("please contact us right away at {asked}.\n");
        assert!(mail.text.contains(&last), "{}", mail.text);
    }
}
