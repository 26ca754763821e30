//! The body of a request: a JSON object of at most 64 KiB, as [`Fields`].

use std::collections::BTreeMap;

use lambda_http::http::HeaderMap;
use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, Request};
use serde_json::value::RawValue;

use super::error::ApiError;
use crate::api::fields::{Fields, JsonType};

/// Longest body in bytes.
pub(super) const MAX_BODY_LENGTH: usize = 64 * 1024;
/// Longest part of a wrong media type that the error repeats, in characters.
const MAX_ECHOED_MEDIA_TYPE: usize = 100;

pub(super) enum ReadBody {
    Object(Fields),
    /// The fields, if it is an object all the same: they may hold the key.
    Wrong(ApiError, Option<Fields>),
}

impl ReadBody {
    pub(super) fn fields(&self) -> Option<&Fields> {
        match self {
            Self::Object(fields) => Some(fields),
            Self::Wrong(_, fields) => fields.as_ref(),
        }
    }

    /// The fields, or the first thing wrong: size, media type, JSON, kind.
    pub(super) fn into_fields(self) -> Result<Fields, ApiError> {
        match self {
            Self::Object(fields) => Ok(fields),
            Self::Wrong(error, _) => Err(error),
        }
    }
}

/// Parses the body, unless it is too long: a stranger may send one, with or without a key.
pub(super) fn read_body(request: &Request) -> ReadBody {
    let bytes = bytes(request.body());
    if bytes.len() > MAX_BODY_LENGTH {
        return ReadBody::Wrong(ApiError::request_too_large(MAX_BODY_LENGTH), None);
    }
    match (check_media_type(request.headers()), parse(bytes)) {
        (Ok(()), Ok(fields)) => ReadBody::Object(fields),
        (Err(error), fields) => ReadBody::Wrong(error, fields.ok()),
        (Ok(()), Err(error)) => ReadBody::Wrong(error, None),
    }
}

fn parse(bytes: &[u8]) -> Result<Fields, ApiError> {
    if is_marked(bytes) {
        let problem = "unexpected byte order mark at line 1 column 1. Send UTF-8 without one.";
        return Err(ApiError::parse_error(problem));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ApiError::parse_error(&format!("byte {} is not UTF-8.", error.valid_up_to()))
    })?;
    let fields = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text);
    fields.map(Fields::new).map_err(|error| {
        match serde_json::from_str::<&RawValue>(text) {
            // JSON, but not an object. An object gets here only with a key that is not Unicode.
            Ok(value) if JsonType::of(value) != JsonType::Object => ApiError::validation_error(
                "invalid_input",
                format!(
                    "Invalid data. Expected a dictionary, but got {}.",
                    JsonType::of(value).python_name()
                ),
            ),
            Ok(_) => ApiError::parse_error(&describe(text, &error)),
            // Where it stops being JSON of any kind.
            Err(error) => ApiError::parse_error(&describe(text, &error)),
        }
    })
}

fn bytes(body: &Body) -> &[u8] {
    match body {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    let essence = text.split(';').next().unwrap_or_default().trim();
    if essence.is_empty() || essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::unsupported_media_type(
        &text.chars().take(MAX_ECHOED_MEDIA_TYPE).collect::<String>(),
    ))
}

/// Whether the body starts with a byte order mark of UTF-8 or UTF-16. Editors and PowerShell write
/// one, it is not visible, and it is not JSON (RFC 8259, section 8.1).
fn is_marked(bytes: &[u8]) -> bool {
    [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"]
        .iter()
        .any(|mark| bytes.starts_with(mark))
}

/// Where the text stops being JSON, in our own words: those of a library change with its version.
fn describe(text: &str, error: &serde_json::Error) -> String {
    if text.trim().is_empty() {
        return "the body is empty. Send a JSON object.".to_owned();
    }
    let problem = if error.is_eof() {
        "unexpected end"
    } else {
        "unexpected character"
    };
    let place = format!(
        "{problem} at line {} column {}.",
        error.line(),
        error.column()
    );
    if looks_form_encoded(text) {
        return format!(
            "{place} The body looks form-encoded: send a JSON object, \
             such as {{\"email\": \"ada@example.com\"}}."
        );
    }
    place
}

/// `name=value` pairs, as `curl -d` sends them when it is not given JSON.
fn looks_form_encoded(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.%+[]".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_named() {
        for body in [&b"\xef\xbb\xbf{}"[..], b"\xff\xfe{\0}\0", b"\xfe\xff\0{\0}"] {
            assert!(is_marked(body));
            let error = parse(body).map(|_| ()).unwrap_err();
            let error = format!("{error:?}");
            assert!(
                error.contains("JSON parse error - unexpected byte order mark"),
                "{error}"
            );
        }
        assert!(parse(b"{\"a\":\"\xef\xbb\xbf\"}").is_ok());
    }

    #[test]
    fn form_encoded_bodies_are_recognised() {
        for text in [
            "email=\"string\",",
            "email=ada%40example.com&password=x",
            "user[email]=a",
        ] {
            assert!(looks_form_encoded(text), "{text}");
        }
        for text in ["", "=", "{\"email\"=1}", "email: a=b", "hello"] {
            assert!(!looks_form_encoded(text), "{text}");
        }
    }
}
