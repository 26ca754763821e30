//! The JSON of a `SendEmail` request, and the mail that it becomes if SES accepts it.

mod content;

use serde::{Deserialize, Deserializer};

use super::address::violation;
use super::error::SesError;
use super::message_id;
use super::rules::check_tags;
use crate::arrival::Arrival;
use crate::captured_mails::{CapturedMail, Field};
use content::Content;

const MAX_RECIPIENTS: usize = 50;

/// Members that change nothing here are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendEmailRequest {
    from_email_address: Option<String>,
    destination: Option<Destination>,
    reply_to_addresses: Option<Vec<String>>,
    feedback_forwarding_email_address: Option<String>,
    content: Option<Content>,
    email_tags: Option<Vec<WireField>>,
    configuration_set_name: Option<String>,
}

/// The recipients.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Destination {
    #[serde(rename = "ToAddresses", deserialize_with = "list")]
    to: Vec<String>,
    #[serde(rename = "CcAddresses", deserialize_with = "list")]
    cc: Vec<String>,
    #[serde(rename = "BccAddresses", deserialize_with = "list")]
    bcc: Vec<String>,
}

/// `null` is an empty list.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireField {
    name: String,
    value: String,
}

impl SendEmailRequest {
    /// The mail of this request, or the error that SES reports first.
    pub(super) fn into_mail(self, arrival: &Arrival) -> Result<CapturedMail, SesError> {
        let content = self.content.ok_or_else(|| missing("content"))?;
        let is_raw = content.is_raw();
        let content = content.parse()?;
        let tags = merged(fields(self.email_tags), content.tags);
        check_tags(&tags)?;
        let from = content.from.or(self.from_email_address);
        let from = from.ok_or_else(|| no_sender(is_raw))?;
        let mut destination = self.destination.unwrap_or_default();
        if is_raw && destination.is_empty() {
            destination = content.destination;
            if destination.is_empty() {
                return Err(SesError::bad_request("Missing required header 'To'."));
            }
        }
        let Destination { to, cc, bcc } = destination;
        let reply_to = self.reply_to_addresses.unwrap_or_default();
        let mail = CapturedMail {
            id: arrival.id.simple().to_string(),
            message_id: message_id(arrival),
            received_at: arrival.unix_millis,
            from,
            reply_to: merged(reply_to, content.reply_to),
            to,
            cc,
            bcc,
            feedback_forwarding: self.feedback_forwarding_email_address,
            subject: content.subject,
            text: content.text,
            html: content.html,
            headers: content.headers,
            tags,
            configuration_set: self.configuration_set_name.or(content.configuration_set),
        };
        check_addresses(&mail)?;
        Ok(mail)
    }
}

impl Destination {
    fn is_empty(&self) -> bool {
        [&self.to, &self.cc, &self.bcc]
            .into_iter()
            .all(Vec::is_empty)
    }
}

/// The list of the request, or that of the MIME if the request has no entry.
fn merged<T>(of_request: Vec<T>, of_mime: Vec<T>) -> Vec<T> {
    if of_request.is_empty() {
        of_mime
    } else {
        of_request
    }
}

fn no_sender(is_raw: bool) -> SesError {
    if is_raw {
        SesError::bad_request("Missing required header 'From'.")
    } else {
        missing("sender, FromEmailAddress,")
    }
}

fn missing(what: &str) -> SesError {
    SesError::bad_request(format!("The {what} is missing."))
}

fn fields(fields: Option<Vec<WireField>>) -> Vec<Field> {
    fields
        .into_iter()
        .flatten()
        .map(|WireField { name, value }| Field { name, value })
        .collect()
}

/// SES checks the form of all addresses before their number.
fn check_addresses(mail: &CapturedMail) -> Result<(), SesError> {
    let all = std::iter::once(&mail.from)
        .chain(mail.recipients())
        .chain(&mail.feedback_forwarding)
        .chain(&mail.reply_to);
    for address in all {
        if let Some(problem) = violation(address) {
            return Err(SesError::bad_request(problem));
        }
    }
    match mail.recipients().count() {
        0 => Err(SesError::bad_request(
            "At least one destination address is required.",
        )),
        1..=MAX_RECIPIENTS => Ok(()),
        _ => Err(SesError::bad_request(format!(
            "Recipient count exceeds {MAX_RECIPIENTS}."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn complete_request() -> Value {
        json!({
            "FromEmailAddress": "Acme <hello@acme.example>",
            "Destination": { "ToAddresses": ["ada@example.com"], "CcAddresses": null },
            "ReplyToAddresses": ["help@acme.example"],
            "Content": { "Simple": {
                "Subject": { "Data": "Verify your address", "Charset": "UTF-8" },
                "Body": { "Text": { "Data": "Hello" }, "Html": { "Data": "<p>Hello" } },
                "Headers": [{ "Name": "X-Test", "Value": "1" }],
                "Attachments": []
            } },
            "EmailTags": [{ "Name": "kind", "Value": "verification" }],
            "ConfigurationSetName": "mails",
            "TenantName": "is ignored"
        })
    }

    fn send(request: Value) -> Result<CapturedMail, SesError> {
        let arrival = Arrival {
            unix_millis: 1_700_000_000_000,
            id: Uuid::nil(),
        };
        let request: SendEmailRequest = serde_json::from_value(request).expect("it is well-formed");
        request.into_mail(&arrival)
    }

    /// The complete request, with one member replaced.
    fn with(pointer: &str, value: Value) -> Value {
        let mut request = complete_request();
        *request.pointer_mut(pointer).expect("the member exists") = value;
        request
    }

    #[test]
    fn the_mail_has_all_of_the_request() {
        let mail = send(complete_request()).expect("it is accepted");
        assert_eq!(mail.from, "Acme <hello@acme.example>");
        assert_eq!(mail.to, ["ada@example.com"]);
        assert_eq!(mail.reply_to, ["help@acme.example"]);
        assert_eq!(mail.subject, "Verify your address");
        assert_eq!(mail.text.as_deref(), Some("Hello"));
        assert_eq!(mail.html.as_deref(), Some("<p>Hello"));
        assert_eq!(mail.header("x-test"), Some("1"));
        assert_eq!(mail.tags.len(), 1);
        assert_eq!(mail.configuration_set.as_deref(), Some("mails"));
        assert_eq!(mail.received_at, 1_700_000_000_000);
        assert_eq!(
            mail.message_id,
            "0100018bcfe56800-00000000-0000-0000-0000-000000000000-000000"
        );
    }

    #[test]
    fn a_text_body_alone_is_accepted() {
        let text = json!({ "Text": { "Data": "Hello" } });
        assert!(send(with("/Content/Simple/Body", text)).is_ok());
    }

    #[test]
    fn the_subject_may_be_empty() {
        assert!(send(with("/Content/Simple/Subject/Data", json!(""))).is_ok());
    }

    #[test]
    fn invalid_requests_are_refused() {
        for (pointer, value) in [
            ("/FromEmailAddress", Value::Null),
            ("/FromEmailAddress", json!("")),
            ("/Destination", Value::Null),
            ("/Destination", json!({})),
            ("/Destination/ToAddresses", json!([])),
            ("/Destination/ToAddresses", json!([""])),
            ("/Destination/ToAddresses", json!(["ada"])),
            ("/Destination/CcAddresses", json!(["ada@"])),
            ("/ReplyToAddresses", json!(["ada"])),
            ("/Content", Value::Null),
            ("/Content", json!({})),
            (
                "/Content/Simple/Attachments",
                json!([{ "FileName": "a.txt" }]),
            ),
            ("/Content", json!({ "Template": { "TemplateName": "x" } })),
            ("/Content/Simple/Subject", Value::Null),
            ("/Content/Simple/Body", Value::Null),
            ("/Content/Simple/Body", json!({})),
            ("/Content/Simple/Headers/0/Name", json!("Subject")),
            ("/EmailTags/0/Value", json!("a b")),
        ] {
            let request = with(pointer, value.clone());
            assert!(send(request).is_err(), "{pointer} = {value}");
        }
    }

    #[test]
    fn fifty_recipients_are_the_limit() {
        let many = vec!["ada@example.com"; MAX_RECIPIENTS];
        assert!(send(with("/Destination/ToAddresses", json!(many))).is_ok());
        let mut request = with("/Destination/ToAddresses", json!(many));
        request["Destination"]["BccAddresses"] = json!(["one@example.com"]);
        assert_eq!(
            send(request),
            Err(SesError::bad_request("Recipient count exceeds 50."))
        );
    }
}
