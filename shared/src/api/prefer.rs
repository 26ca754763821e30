//! What a caller prefers to get.

use lambda_http::http::{HeaderMap, HeaderName, HeaderValue};

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// The one preference that is understood (RFC 7240, section 4.2).
const RETURN_REPRESENTATION: &str = "return=representation";

/// `Prefer` lists preferences in any number of headers, each with optional parameters (RFC 7240,
/// section 2). If one is repeated, the first counts.
pub(super) fn prefers_representation(headers: &HeaderMap) -> bool {
    let values = headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let preferences = values.flat_map(|value| value.split(','));
    let mut returns = preferences.filter_map(|preference| {
        let (name, value) = preference.split(';').next()?.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("return")
            .then(|| value.trim().trim_matches('"'))
    });
    returns
        .next()
        .is_some_and(|value| value.eq_ignore_ascii_case("representation"))
}

pub(super) fn confirm_representation(headers: &mut HeaderMap) {
    let applied = HeaderValue::from_static(RETURN_REPRESENTATION);
    headers.insert(PREFERENCE_APPLIED, applied);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefers(values: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(PREFER, HeaderValue::from_static(value));
        }
        prefers_representation(&headers)
    }

    #[test]
    fn a_preference_is_found_in_any_header() {
        assert!(prefers(&["return=representation"]));
        assert!(prefers(&["Return = \"representation\""]));
        assert!(prefers(&[
            "respond-async, return=representation; foo=bar",
            "wait=5"
        ]));
        assert!(prefers(&["wait=5", "return=representation"]));
        assert!(!prefers(&[]));
        assert!(!prefers(&["return=minimal"]));
        assert!(!prefers(&["return=minimal, return=representation"]));
        assert!(!prefers(&["return"]));
    }
}
