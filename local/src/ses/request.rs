//! The JSON of a `SendEmail` request, and the mail that it becomes if SES accepts it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::address::violation;
use super::error::SesError;
use super::message_id;
use super::rules::{check_headers, check_tags};
use crate::arrival::Arrival;
use crate::captured_mails::{CapturedMail, Field};

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

#[derive(Default, Deserialize)]
struct Destination {
    #[serde(rename = "ToAddresses")]
    to: Option<Vec<String>>,
    #[serde(rename = "CcAddresses")]
    cc: Option<Vec<String>>,
    #[serde(rename = "BccAddresses")]
    bcc: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
    raw: Option<IgnoredAny>,
    template: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Option<Data>,
    body: Option<Body>,
    headers: Option<Vec<WireField>>,
    attachments: Option<Vec<IgnoredAny>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Data>,
    html: Option<Data>,
}

/// Text. Its `Charset` says how SES encodes the mail, so it is ignored here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    data: String,
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
        let simple = simple_content(self.content)?;
        let headers = fields(simple.headers);
        check_headers(&headers)?;
        let tags = fields(self.email_tags);
        check_tags(&tags)?;
        let subject = simple.subject.ok_or_else(|| missing("subject"))?.data;
        let body = simple.body.unwrap_or_default();
        if body.text.is_none() && body.html.is_none() {
            return Err(missing("body"));
        }
        let from = self.from_email_address;
        let from = from.ok_or_else(|| missing("sender, FromEmailAddress,"))?;
        let destination = self.destination.unwrap_or_default();
        let mail = CapturedMail {
            id: arrival.id.simple().to_string(),
            message_id: message_id(arrival),
            received_at: arrival.unix_millis,
            from,
            reply_to: self.reply_to_addresses.unwrap_or_default(),
            to: destination.to.unwrap_or_default(),
            cc: destination.cc.unwrap_or_default(),
            bcc: destination.bcc.unwrap_or_default(),
            feedback_forwarding: self.feedback_forwarding_email_address,
            subject,
            text: body.text.map(|text| text.data),
            html: body.html.map(|html| html.data),
            headers,
            tags,
            configuration_set: self.configuration_set_name,
        };
        check_addresses(&mail)?;
        Ok(mail)
    }
}

fn simple_content(content: Option<Content>) -> Result<Simple, SesError> {
    let content = content.ok_or_else(|| missing("content"))?;
    if content.raw.is_some() || content.template.is_some() {
        return Err(SesError::bad_request(
            "The local SES takes Simple content only, neither Raw nor Template.",
        ));
    }
    let simple = content
        .simple
        .ok_or_else(|| SesError::bad_request("Content has neither Simple nor Raw nor Template."))?;
    match &simple.attachments {
        Some(attachments) if !attachments.is_empty() => {
            Err(SesError::bad_request("The local SES takes no attachments."))
        }
        _ => Ok(simple),
    }
}

fn missing(what: &str) -> SesError {
    SesError::bad_request(format!("The {what} is missing."))
}

fn fields(written: Option<Vec<WireField>>) -> Vec<Field> {
    written
        .into_iter()
        .flatten()
        .map(|WireField { name, value }| Field { name, value })
        .collect()
}

/// SES checks the form of all addresses before their number.
fn check_addresses(mail: &CapturedMail) -> Result<(), SesError> {
    let recipients = || mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
    let all = std::iter::once(&mail.from)
        .chain(recipients())
        .chain(&mail.feedback_forwarding)
        .chain(&mail.reply_to);
    for address in all {
        if let Some(problem) = violation(address) {
            return Err(SesError::bad_request(problem));
        }
    }
    match recipients().count() {
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
                "Headers": [{ "Name": "X-Test", "Value": "1" }]
            } },
            "EmailTags": [{ "Name": "kind", "Value": "verification" }],
            "ConfigurationSetName": "mails",
            "TenantName": "is skipped"
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
            ("/Content", json!({ "Raw": { "Data": "" } })),
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
