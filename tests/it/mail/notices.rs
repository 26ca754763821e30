//! The mails about a change of address, in every language.

use mail::Mail;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

use super::sample::{CODE, SUPPORT, Sample};

const KINDS: [MailKind; 2] = [MailKind::AddressChanged, MailKind::AddressChangeRequested];

fn mails() -> impl Iterator<Item = Mail> {
    let of_kind = |kind| Locale::ALL.map(|locale| Sample::of(kind, locale).render());
    KINDS.into_iter().flat_map(of_kind)
}

#[test]
fn a_notice_has_no_link_and_no_code() {
    for mail in mails() {
        assert!(!mail.html.contains("href"), "{}", mail.html);
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.contains("://") && !part.contains(CODE), "{part}");
        }
    }
}

#[test]
fn a_notice_names_only_the_earlier_address() {
    for mail in mails() {
        let text = mail
            .text
            .replace("ada@example.org", "")
            .replace(SUPPORT, "");
        assert!(!text.contains('@'), "{text}");
    }
}

#[test]
fn a_notice_greets_without_a_name() {
    for mail in mails() {
        assert!(!mail.text.contains("Ada"), "{}", mail.text);
    }
}

fn without_support(kind: MailKind, locale: Locale, reply_to: &str) -> Mail {
    let sample = Sample::of(kind, locale).with("SUPPORT_ADDRESS", "");
    sample.with("REPLY_TO", reply_to).render()
}

#[test]
fn without_support_who_answers_is_asked() {
    let reply_to = "Team <team@acme.example>";
    let mail = without_support(MailKind::AddressChanged, Locale::En, reply_to);
    let last = "please contact us right away at team@acme.example.\n";
    assert!(mail.text.contains(last), "{}", mail.text);
}

/// An alarmed reader must not write to an address that nobody reads.
#[test]
fn no_notice_names_a_no_reply_address() {
    for kind in KINDS {
        for locale in Locale::ALL {
            let mail = without_support(kind, locale, "");
            for part in [&mail.text, &mail.html] {
                assert!(!part.contains("no-reply@"), "{part}");
            }
            let named = without_support(kind, locale, "Team <team@acme.example>");
            let of_product = |mail: &Mail| mail.text.matches("Acme").count();
            assert_eq!(of_product(&mail), of_product(&named) + 1, "{}", mail.text);
        }
    }
}
