//! SES's limits of custom headers and message tags.

use super::error::SesError;
use crate::captured_mails::Field;

const MAX_HEADERS: usize = 15;
const MAX_HEADER_NAME: usize = 126;
const MAX_HEADER_VALUE: usize = 870;
const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 256;

/// The headers that SES writes itself.
pub(super) const SET_BY_SES: [&str; 12] = [
    "Bcc",
    "Cc",
    "Content-Disposition",
    "Content-Type",
    "Date",
    "From",
    "Message-ID",
    "MIME-Version",
    "Reply-To",
    "Return-Path",
    "Subject",
    "To",
];

/// Refuses too many headers, malformed ones, and those that SES sets itself.
pub(super) fn check_headers(headers: &[Field]) -> Result<(), SesError> {
    if headers.len() > MAX_HEADERS {
        return Err(SesError::bad_request(format!(
            "A message has at most {MAX_HEADERS} custom headers."
        )));
    }
    headers.iter().try_for_each(check_header)
}

fn check_header(Field { name, value }: &Field) -> Result<(), SesError> {
    let problem = if !has_length(name, MAX_HEADER_NAME) || !name.bytes().all(is_name_byte) {
        format!(
            "Header name '{name}' is not 1 to {MAX_HEADER_NAME} printable ASCII characters \
             without a colon."
        )
    } else if SET_BY_SES.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        format!("Header '{name}' is set by SES and cannot be a custom header.")
    } else if !has_length(value, MAX_HEADER_VALUE) || !value.bytes().all(is_value_byte) {
        format!(
            "The value of header '{name}' is not 1 to {MAX_HEADER_VALUE} printable ASCII \
             characters."
        )
    } else {
        return Ok(());
    };
    Err(SesError::bad_request(problem))
}

/// Refuses too many tags, and characters that SES does not allow in them.
pub(super) fn check_tags(tags: &[Field]) -> Result<(), SesError> {
    if tags.len() > MAX_TAGS {
        return Err(SesError::bad_request(format!(
            "A message has at most {MAX_TAGS} tags."
        )));
    }
    for Field { name, value } in tags {
        for (part, text) in [("name", name), ("value", value)] {
            if !has_length(text, MAX_TAG) || !text.bytes().all(is_tag_byte) {
                return Err(SesError::bad_request(format!(
                    "Invalid tag {part} '{text}': 1 to {MAX_TAG} ASCII letters, digits, '_', \
                     '-', '.' or '@'."
                )));
            }
        }
    }
    Ok(())
}

fn has_length(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.chars().count())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b':'
}

fn is_value_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' '
}

fn is_tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> Field {
        Field {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn printable_ascii_headers_pass() {
        let longest = field(&"n".repeat(MAX_HEADER_NAME), &"v".repeat(MAX_HEADER_VALUE));
        assert_eq!(check_headers(&[longest]), Ok(()));
        let ordinary = field(
            "List-Unsubscribe",
            "<https://example.com/u?id=1>, <mailto:u@e.f>",
        );
        assert_eq!(check_headers(&[ordinary]), Ok(()));
    }

    #[test]
    fn malformed_headers_are_refused() {
        for (name, value) in [
            ("", "value"),
            ("With Space", "value"),
            ("With:Colon", "value"),
            ("Größe", "value"),
            ("X-Empty", ""),
            ("X-Break", "a\r\nBcc: b@c.d"),
            ("X-Size", "Größe"),
            (&"n".repeat(MAX_HEADER_NAME + 1), "value"),
            ("X-Long", &"v".repeat(MAX_HEADER_VALUE + 1)),
        ] {
            assert!(
                check_headers(&[field(name, value)]).is_err(),
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn headers_that_ses_sets_are_refused() {
        for name in SET_BY_SES {
            assert!(check_headers(&[field(&name.to_lowercase(), "value")]).is_err());
        }
    }

    #[test]
    fn fifteen_headers_are_the_limit() {
        let headers = vec![field("X-Test", "value"); MAX_HEADERS + 1];
        assert!(check_headers(&headers).is_err());
        assert_eq!(check_headers(&headers[1..]), Ok(()));
    }

    #[test]
    fn valid_tags_pass() {
        assert_eq!(
            check_tags(&[field("kind", "Verify_e-mail.v1@local")]),
            Ok(())
        );
    }

    #[test]
    fn malformed_tags_are_refused() {
        for (name, value) in [
            ("", "value"),
            ("name", ""),
            ("a b", "value"),
            ("name", "a/b"),
            ("name", "Größe"),
            (&"n".repeat(MAX_TAG + 1), "value"),
        ] {
            assert!(check_tags(&[field(name, value)]).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn fifty_tags_are_the_limit() {
        let tags = vec![field("name", "value"); MAX_TAGS + 1];
        assert!(check_tags(&tags).is_err());
        assert_eq!(check_tags(&tags[1..]), Ok(()));
    }
}
