//! The header `Idempotency-Key`.

use lambda_http::http::{HeaderMap, HeaderName};

use super::error::ApiError;
use crate::domain::idempotency_key::IdempotencyKey;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// All `Idempotency-Key` headers as one, as an HTTP API joins them too.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Reads the header without the white space around it (RFC 9110, section 5.5).
pub(super) fn read_idempotency_key(text: &str) -> Result<IdempotencyKey, ApiError> {
    let detail = "Enter a valid Idempotency-Key.";
    IdempotencyKey::parse(text.trim_matches([' ', '\t']))
        .ok_or_else(|| ApiError::validation_error("invalid_input", detail))
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Option<bool> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(value).unwrap());
        }
        let text = idempotency_key(&headers)?;
        Some(read_idempotency_key(&text).is_ok())
    }

    #[test]
    fn a_header_is_read_or_refused() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[b"a", b"b"]), Some(true));
        for valid in [&b"a"[..], b" \ta ", b"a,b"] {
            assert_eq!(read(&[valid]), Some(true), "{valid:?}");
        }
        for invalid in [&b""[..], b" ", b"a b", b"\xe9"] {
            assert_eq!(read(&[invalid]), Some(false), "{invalid:?}");
        }
    }
}
