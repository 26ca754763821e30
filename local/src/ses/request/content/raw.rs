//! Content that is MIME: its headers and texts, decoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Addr, Address, Message, MessageParser, MessagePart, PartType};

use super::{Destination, ParsedContent, no_attachments};
use crate::captured_mails::Field;
use crate::ses::error::SesError;
use crate::ses::rules::SET_BY_SES;

/// Headers for SES, which are not part of the mail (SES Developer Guide, "Sending raw email").
const CONFIGURATION_SET: &str = "X-SES-CONFIGURATION-SET";
const MESSAGE_TAGS: &str = "X-SES-MESSAGE-TAGS";

pub(super) fn read(base64: &str) -> Result<ParsedContent, SesError> {
    let mime = STANDARD
        .decode(base64)
        .map_err(|_| SesError::bad_request("Raw message data is not base64."))?;
    let message = MessageParser::default().parse(&mime);
    let message = message.ok_or_else(|| SesError::bad_request("Raw message data is empty."))?;
    if message.attachment_count() > 0 {
        return Err(no_attachments());
    }
    let (for_ses, headers): (Vec<_>, Vec<_>) = message
        .headers_raw()
        .map(|(name, value)| Field {
            name: name.to_owned(),
            value: unfolded(value),
        })
        .partition(|Field { name, .. }| name.to_ascii_uppercase().starts_with("X-SES-"));
    let for_ses = |name: &str| {
        let mut of_name = for_ses
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name));
        of_name.next().map(|field| field.value.clone())
    };
    Ok(ParsedContent {
        from: addresses(message.from()).into_iter().next(),
        destination: Destination {
            to: addresses(message.to()),
            cc: addresses(message.cc()),
            bcc: addresses(message.bcc()),
        },
        reply_to: addresses(message.reply_to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: text_of(&message),
        html: html_of(&message),
        headers: headers.into_iter().filter(is_custom).collect(),
        tags: for_ses(MESSAGE_TAGS)
            .map(|tags| tags_of(&tags))
            .unwrap_or_default(),
        configuration_set: for_ses(CONFIGURATION_SET),
    })
}

fn is_custom(field: &Field) -> bool {
    let of_body = "Content-Transfer-Encoding";
    let mut own = SET_BY_SES.iter().chain([&of_body]);
    !own.any(|own| own.eq_ignore_ascii_case(&field.name))
}

/// A folded header continues in lines that begin with a space (RFC 5322, section 2.2.3).
fn unfolded(value: &str) -> String {
    value
        .split("\r\n")
        .flat_map(|line| line.split('\n'))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// `name=value, name=value`
fn tags_of(header: &str) -> Vec<Field> {
    let pairs = header
        .split([',', ';'])
        .filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| Field {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
        })
        .collect()
}

/// Each address as a request would have it.
fn addresses(header: Option<&Address<'_>>) -> Vec<String> {
    let all = header.into_iter().flat_map(Address::iter);
    all.map(|Addr { name, address }| {
        let address = address.as_deref().unwrap_or_default();
        match name.as_deref() {
            None | Some("") => address.to_owned(),
            Some(name) => {
                let name = name.replace('\\', r"\\").replace('"', r#"\""#);
                format!(r#""{name}" <{address}>"#)
            }
        }
    })
    .collect()
}

fn text_of(message: &Message<'_>) -> Option<String> {
    let mut parts = message.parts.iter();
    parts.find_map(|MessagePart { body, .. }| match body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    })
}

fn html_of(message: &Message<'_>) -> Option<String> {
    let mut parts = message.parts.iter();
    parts.find_map(|MessagePart { body, .. }| match body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_mime(mime: &str) -> Result<ParsedContent, SesError> {
        read(&STANDARD.encode(mime.replace('\n', "\r\n")))
    }

    const MULTIPART: &str = "\
From: =?UTF-8?Q?Caf=C3=A9_am_See?= <hello@acme.example>
To: Ada <ada@example.com>, grace@example.com
Cc: \"An \\\"odd\\\" name\" <odd@example.com>
Reply-To: help@acme.example
Subject: =?UTF-8?B?WsO8cmljaA==?=
Date: Mon, 23 Nov 2026 12:00:00 +0000
List-Unsubscribe: <https://acme.example/u>,
 <mailto:u@acme.example>
X-SES-CONFIGURATION-SET: mails
X-SES-MESSAGE-TAGS: kind=news, stage=prod
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

Z=C3=BCrich =
is here
--b
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: base64

PHA+WsO8cmljaA==
--b--
";

    fn field(name: &str, value: &str) -> Field {
        Field {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn headers_and_texts_are_decoded() {
        let mail = read_mime(MULTIPART).ok().unwrap();
        assert_eq!(
            mail.from.as_deref(),
            Some("\"Café am See\" <hello@acme.example>")
        );
        assert_eq!(
            mail.destination.to,
            ["\"Ada\" <ada@example.com>", "grace@example.com"]
        );
        assert_eq!(
            mail.destination.cc,
            [r#""An \"odd\" name" <odd@example.com>"#]
        );
        assert_eq!(mail.reply_to, ["help@acme.example"]);
        assert_eq!(mail.subject, "Zürich");
        assert_eq!(mail.text.as_deref(), Some("Zürich is here"));
        assert_eq!(mail.html.as_deref(), Some("<p>Zürich"));
        let unsubscribe = "<https://acme.example/u>, <mailto:u@acme.example>";
        assert_eq!(mail.headers, [field("List-Unsubscribe", unsubscribe)]);
        assert_eq!(mail.configuration_set.as_deref(), Some("mails"));
        assert_eq!(mail.tags, [field("kind", "news"), field("stage", "prod")]);
    }

    #[test]
    fn a_plain_mail_has_text_alone() {
        let mail = read_mime("From: a@b.c\nTo: d@e.f\nSubject: Hi\n\nHello\n")
            .ok()
            .unwrap();
        assert_eq!((mail.text.as_deref(), mail.html), (Some("Hello\r\n"), None));
        let html = "From: a@b.c\nContent-Type: text/html\n\n<p>Hello";
        let mail = read_mime(html).ok().unwrap();
        assert_eq!((mail.text, mail.html.as_deref()), (None, Some("<p>Hello")));
    }

    #[test]
    fn unreadable_mime_is_refused() {
        let attached = MULTIPART
            .replace("multipart/alternative", "multipart/mixed")
            .replace(
                "Content-Type: text/html",
                "Content-Disposition: attachment; filename=a.html\nContent-Type: text/html",
            );
        for refused in [read("?"), read(""), read_mime(&attached)] {
            assert!(refused.is_err());
        }
    }
}
