//! The content of a `SendEmail` request: parts, or MIME.

mod raw;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Destination, WireField, fields, missing};
use crate::captured_mails::Field;
use crate::ses::error::SesError;
use crate::ses::rules::check_headers;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Content {
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

/// The parts of the mail that its content has. MIME has all of them, including those that are
/// members of the request as well.
#[derive(Default)]
pub(super) struct ParsedContent {
    pub(super) from: Option<String>,
    pub(super) destination: Destination,
    pub(super) reply_to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) headers: Vec<Field>,
    pub(super) tags: Vec<Field>,
    pub(super) configuration_set: Option<String>,
}

impl Content {
    pub(super) fn is_raw(&self) -> bool {
        self.raw.is_some()
    }

    pub(super) fn parse(self) -> Result<ParsedContent, SesError> {
        match self {
            Self {
                simple: Some(simple),
                raw: None,
                template: None,
            } => simple.parse(),
            Self {
                raw: Some(raw),
                simple: None,
                template: None,
            } => raw::read(&raw.data),
            Self {
                template: Some(_), ..
            } => Err(SesError::bad_request(
                "The local SES accepts Simple and Raw content, but no Template.",
            )),
            _ => Err(SesError::bad_request(
                "Content must have one of Simple, Raw and Template.",
            )),
        }
    }
}

impl Simple {
    fn parse(self) -> Result<ParsedContent, SesError> {
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
        Ok(ParsedContent {
            subject,
            text: body.text.map(|text| text.data),
            html: body.html.map(|html| html.data),
            headers,
            ..ParsedContent::default()
        })
    }
}

fn no_attachments() -> SesError {
    SesError::bad_request("The local SES accepts no attachments.")
}
