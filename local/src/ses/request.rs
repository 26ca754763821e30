//! The JSON of a `SendEmail` request, and the mail that it becomes if SES accepts it.

mod raw;

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
    raw: Option<Raw>,
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

/// MIME, in base64.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
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

/// What the content says of its mail. MIME has everything, and the request may have it too.
#[derive(Default)]
struct Written {
    from: Option<String>,
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    reply_to: Vec<String>,
    subject: String,
    text: Option<String>,
    html: Option<String>,
    headers: Vec<Field>,
    tags: Vec<Field>,
    configuration_set: Option<String>,
}

impl SendEmailRequest {
    /// The mail of this request, or the error that SES reports first.
    pub(super) fn into_mail(self, arrival: &Arrival) -> Result<CapturedMail, SesError> {
        let content = self.content.ok_or_else(|| missing("content"))?;
        let is_raw = content.raw.is_some();
        let written = content.into_written()?;
        let tags = merged(fields(self.email_tags), written.tags);
        check_tags(&tags)?;
        let given = self.from_email_address;
        let from = written.from.or(given).ok_or_else(|| no_sender(is_raw))?;
        let (to, cc, bcc) = match self.destination {
            // The recipients of MIME, unless the request has some.
            Some(given) if !(is_raw && given.is_empty()) => given.into_lists(),
            _ if is_raw
                && written.to.is_empty()
                && written.cc.is_empty()
                && written.bcc.is_empty() =>
            {
                return Err(SesError::bad_request("Missing required header 'To'."));
            }
            _ => (written.to, written.cc, written.bcc),
        };
        let reply_to = self.reply_to_addresses.unwrap_or_default();
        let mail = CapturedMail {
            id: arrival.id.simple().to_string(),
            message_id: message_id(arrival),
            received_at: arrival.unix_millis,
            from,
            reply_to: merged(reply_to, written.reply_to),
            to,
            cc,
            bcc,
            feedback_forwarding: self.feedback_forwarding_email_address,
            subject: written.subject,
            text: written.text,
            html: written.html,
            headers: written.headers,
            tags,
            configuration_set: self.configuration_set_name.or(written.configuration_set),
        };
        check_addresses(&mail)?;
        Ok(mail)
    }
}

impl Destination {
    fn is_empty(&self) -> bool {
        let lists = [&self.to, &self.cc, &self.bcc];
        lists
            .iter()
            .all(|list| list.as_ref().is_none_or(Vec::is_empty))
    }

    fn into_lists(self) -> (Vec<String>, Vec<String>, Vec<String>) {
        let [to, cc, bcc] = [self.to, self.cc, self.bcc].map(Option::unwrap_or_default);
        (to, cc, bcc)
    }
}

/// What the request has, else what the MIME has.
fn merged<T>(given: Vec<T>, written: Vec<T>) -> Vec<T> {
    if given.is_empty() { written } else { given }
}

fn no_sender(is_raw: bool) -> SesError {
    if is_raw {
        SesError::bad_request("Missing required header 'From'.")
    } else {
        missing("sender, FromEmailAddress,")
    }
}

impl Content {
    fn into_written(self) -> Result<Written, SesError> {
        match self {
            Self {
                simple: Some(simple),
                raw: None,
                template: None,
            } => simple.into_written(),
            Self {
                raw: Some(raw),
                simple: None,
                template: None,
            } => raw::read(&raw.data),
            Self {
                template: Some(_), ..
            } => Err(SesError::bad_request(
                "The local SES takes Simple and Raw content, not Template.",
            )),
            _ => Err(SesError::bad_request(
                "Content must have one of Simple, Raw and Template.",
            )),
        }
    }
}

impl Simple {
    fn into_written(self) -> Result<Written, SesError> {
        if self
            .attachments
            .is_some_and(|attachments| !attachments.is_empty())
        {
            return Err(no_attachments());
        }
        let headers = fields(self.headers);
        check_headers(&headers)?;
        let subject = self.subject.ok_or_else(|| missing("subject"))?.data;
        let body = self.body.unwrap_or_default();
        if body.text.is_none() && body.html.is_none() {
            return Err(missing("body"));
        }
        Ok(Written {
            subject,
            text: body.text.map(|text| text.data),
            html: body.html.map(|html| html.data),
            headers,
            ..Written::default()
        })
    }
}

fn no_attachments() -> SesError {
    SesError::bad_request("The local SES takes no attachments.")
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
                "Headers": [{ "Name": "X-Test", "Value": "1" }],
                "Attachments": []
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
