//! Where the page may lead a reader back to.

use shared::brand::return_origins::{MAX_LENGTH, ReturnOrigins, next_parameter};

const ORIGIN: &str = "https://app.example.com";
const LOCAL_ORIGIN: &str = "http://localhost:3000";

/// A page of a listed origin, as a browser writes it, or nothing.
pub fn return_to(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let origins = ReturnOrigins::parse(&format!("{ORIGIN},{LOCAL_ORIGIN}"), None).unwrap();
    let admitted = origins.admit(text).map(|url| url.to_string());
    if let Some(url) = &admitted {
        let rest = url
            .strip_prefix(ORIGIN)
            .or_else(|| url.strip_prefix(LOCAL_ORIGIN));
        assert!(
            rest.is_some_and(|rest| rest.starts_with('/')),
            "{text:?} leads to {url}"
        );
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
        assert!(!url.contains(['"', '<', '>', '\\']), "{url:?}");
        let again = origins.admit(url);
        assert_eq!(again.as_ref().map(ToString::to_string).as_ref(), Some(url));
        let parameter = again.map(|url| next_parameter(&url)).unwrap_or_default();
        assert!(
            !parameter.contains(['&', '#', '?', '/', ' ']),
            "{parameter}"
        );
    }
    if is_plain(text) {
        assert_eq!(admitted.as_deref(), Some(text));
    }
    // No prefix of another site's URL makes it one of these.
    assert_eq!(origins.admit(&format!("https://evil.example/{text}")), None);
    assert_eq!(
        origins.admit(&format!("{ORIGIN}.evil.example/{text}")),
        None
    );
    assert_eq!(origins.admit(&format!("//{text}")), None);
}

/// What no rule of URLs changes.
fn is_plain(text: &str) -> bool {
    let path = text
        .strip_prefix(ORIGIN)
        .and_then(|path| path.strip_prefix('/'));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
    text.len() <= MAX_LENGTH && path.is_some_and(|path| path.bytes().all(is_plain))
}
