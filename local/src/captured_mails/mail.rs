//! A mail, as a `SendEmail` request describes it.

use serde::Serialize;

/// All that a `SendEmail` request says of its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapturedMail {
    /// The id in the inbox's API.
    pub id: String,
    /// SES's `MessageId`.
    pub message_id: String,
    /// In milliseconds since the Unix epoch.
    pub received_at: i64,
    /// As in the request, like all addresses: `name <address>` or an address.
    pub from: String,
    pub reply_to: Vec<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    /// The address that gets bounces and complaints.
    pub feedback_forwarding: Option<String>,
    pub subject: String,
    pub text: Option<String>,
    pub html: Option<String>,
    /// Custom headers, in order.
    pub headers: Vec<Field>,
    /// Message tags, which are part of SES's events.
    pub tags: Vec<Field>,
    pub configuration_set: Option<String>,
}

impl CapturedMail {
    pub(crate) fn recipients(&self) -> impl Iterator<Item = &String> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// The value of the first custom header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }
}

/// A custom header or a message tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    pub name: String,
    pub value: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn headers_are_found_in_any_case() {
        let mut mail = mail("x", "a@example.com", "Headers");
        mail.headers.push(Field {
            name: "List-Unsubscribe".to_owned(),
            value: "<https://example.com/u>".to_owned(),
        });
        assert_eq!(
            mail.header("list-unsubscribe"),
            Some("<https://example.com/u>")
        );
        assert_eq!(mail.header("X-Other"), None);
    }
}
