//! Users' ids.

use shared::domain::user_id::UserId;

/// The same id as another reader of RFC 9562 finds.
pub fn user_id(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let id = UserId::parse(text).map(|id| id.to_string());
    assert_eq!(id, read(text), "{text:?}");
    if let Some(id) = id {
        assert_eq!(UserId::parse(&id).map(|id| id.to_string()), Some(id));
    }
}

/// Either case, with the dashes or without any, the former also in braces or as a URN. Braces
/// around an id without dashes are accepted, as the crate `uuid` accepts them.
fn read(text: &str) -> Option<String> {
    let lower_case = text.to_ascii_lowercase();
    let urn = lower_case.strip_prefix("urn:uuid:");
    let braced = lower_case
        .strip_prefix('{')
        .and_then(|id| id.strip_suffix('}'));
    let id = urn.or(braced).unwrap_or(&lower_case);
    let groups: Vec<_> = id.split('-').collect();
    let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
    let is_dashed = lengths == [8, 4, 4, 4, 12];
    let is_simple = lengths == [32] && urn.is_none() && braced.is_none();
    let is_hex = groups
        .iter()
        .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let digits = groups.concat();
    let at = [0..8, 8..12, 12..16, 16..20, 20..32];
    let with_dashes = || at.map(|at| digits[at].to_owned()).join("-");
    (is_hex && (is_dashed || is_simple)).then(with_dashes)
}
