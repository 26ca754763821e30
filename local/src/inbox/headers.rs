//! The headers of a captured mail as they would arrive.

use std::collections::BTreeMap;

use crate::captured_mails::{CapturedMail, Field};
use crate::date::rfc2822;

/// The domain of SES's message ids in us-east-1, where ids start with `0100`.
const MESSAGE_ID_DOMAIN: &str = "email.amazonses.com";

/// All headers by name: those that SES sets, and the sender's custom headers.
pub(super) fn headers(mail: &CapturedMail) -> BTreeMap<String, Vec<String>> {
    let set_by_ses = [
        ("From", mail.from.clone()),
        ("To", mail.to.join(", ")),
        ("Cc", mail.cc.join(", ")),
        ("Reply-To", mail.reply_to.join(", ")),
        ("Subject", mail.subject.clone()),
        ("Date", rfc2822(mail.received_at)),
        ("Message-ID", format!("<{}>", message_id(mail))),
        (
            "X-SES-CONFIGURATION-SET",
            mail.configuration_set.clone().unwrap_or_default(),
        ),
        ("X-SES-MESSAGE-TAGS", tags(mail).join(", ")),
    ];
    let mut headers = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in set_by_ses {
        if !value.is_empty() {
            headers.entry(name.to_owned()).or_default().push(value);
        }
    }
    for Field { name, value } in &mail.headers {
        headers.entry(name.clone()).or_default().push(value.clone());
    }
    headers
}

pub(super) fn tags(mail: &CapturedMail) -> Vec<String> {
    let pairs = mail.tags.iter();
    pairs
        .map(|tag| format!("{}={}", tag.name, tag.value))
        .collect()
}

pub(super) fn message_id(mail: &CapturedMail) -> String {
    format!("{}@{MESSAGE_ID_DOMAIN}", mail.message_id)
}

/// An estimate: the mail was never encoded, so it has no exact size.
pub(super) fn size(mail: &CapturedMail) -> usize {
    let bodies = [&mail.text, &mail.html];
    let bodies: usize = bodies.into_iter().flatten().map(String::len).sum();
    let headers = headers(mail);
    let headers = headers
        .iter()
        .flat_map(|(name, values)| values.iter().map(|value| name.len() + value.len()));
    bodies + headers.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn headers_of_ses_and_sender_are_merged() {
        let mut mail = mail("x", "ada@example.com", "Hi");
        mail.configuration_set = Some("mails".to_owned());
        for value in ["1", "2"] {
            mail.headers.push(Field {
                name: "X-Twice".to_owned(),
                value: value.to_owned(),
            });
        }
        let headers = headers(&mail);
        assert_eq!(headers["Date"], ["Tue, 14 Nov 2023 22:13:20 +0000"]);
        assert_eq!(
            headers["Message-ID"],
            ["<0100-x-000000@email.amazonses.com>"]
        );
        assert_eq!(headers["X-SES-CONFIGURATION-SET"], ["mails"]);
        assert_eq!(headers["X-Twice"], ["1", "2"]);
        assert!(!headers.contains_key("Cc"));
    }
}
