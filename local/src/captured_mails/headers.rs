//! The headers of a captured mail as they would arrive.

use super::encoding::{encode_words, is_ascii_text};
use super::{CapturedMail, Field};
use crate::date::rfc2822;
use crate::ses::address::Address;

/// The domain of SES's message ids in us-east-1, where ids start with `0100`.
const MESSAGE_ID_DOMAIN: &str = "email.amazonses.com";

/// All headers but those of the content, in order: those that SES sets, and the sender's custom
/// headers. Values are encoded (RFC 2047).
pub(crate) fn headers(mail: &CapturedMail) -> Vec<Field> {
    let tags = mail.tags.iter();
    let tags: Vec<_> = tags
        .map(|tag| format!("{}={}", tag.name, tag.value))
        .collect();
    let set_by_ses = [
        ("From", mailbox(&mail.from)),
        ("Reply-To", mailboxes(&mail.reply_to)),
        ("To", mailboxes(&mail.to)),
        ("Cc", mailboxes(&mail.cc)),
        ("Subject", encode_words(&mail.subject)),
        ("Message-ID", format!("<{}>", message_id(mail))),
        ("Date", rfc2822(mail.received_at)),
        (
            "X-SES-CONFIGURATION-SET",
            mail.configuration_set.clone().unwrap_or_default(),
        ),
        ("X-SES-MESSAGE-TAGS", tags.join(", ")),
    ];
    let set_by_ses = set_by_ses
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Field {
            name: name.to_owned(),
            value,
        });
    let custom = mail.headers.iter().map(|Field { name, value }| Field {
        name: name.clone(),
        value: encode_words(value),
    });
    set_by_ses.chain(custom).collect()
}

pub(crate) fn message_id(mail: &CapturedMail) -> String {
    format!("{}@{MESSAGE_ID_DOMAIN}", mail.message_id)
}

/// As written, unless its name has to be encoded.
fn mailbox(written: &str) -> String {
    if is_ascii_text(written) {
        return written.to_owned();
    }
    let Address { name, address } = Address::parse(written);
    format!("{} <{address}>", encode_words(&name))
}

fn mailboxes(written: &[String]) -> String {
    let encoded: Vec<_> = written.iter().map(|one| mailbox(one)).collect();
    encoded.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::tests::mail;

    fn values(mail: &CapturedMail, name: &str) -> Vec<String> {
        let fields = headers(mail).into_iter();
        let named = fields.filter(|field| field.name == name);
        named.map(|field| field.value).collect()
    }

    #[test]
    fn ses_and_sender_share_the_headers() {
        let mut mail = mail("x", "Größe <ada@example.com>", "Prüfen");
        mail.configuration_set = Some("mails".to_owned());
        for value in ["1", "2"] {
            mail.headers.push(Field {
                name: "X-Twice".to_owned(),
                value: value.to_owned(),
            });
        }
        for (name, expected) in [
            ("Date", &["Tue, 14 Nov 2023 22:13:20 +0000"][..]),
            ("Message-ID", &["<0100-x-000000@email.amazonses.com>"]),
            ("From", &["\"Acme, Inc.\" <hello@acme.example>"]),
            ("To", &["=?UTF-8?B?R3LDtsOfZQ==?= <ada@example.com>"]),
            ("Subject", &["=?UTF-8?B?UHLDvGZlbg==?="]),
            ("X-SES-CONFIGURATION-SET", &["mails"]),
            ("X-Twice", &["1", "2"]),
            ("Cc", &[]),
        ] {
            assert_eq!(values(&mail, name), expected, "{name}");
        }
    }
}
