//! Event filtering of Lambda, as AWS documents it and independent of anything in the product: which
//! records of a table's stream reach a function.
//!
//! Only the operators in `template.yaml` are implemented. Any other one fails the test.

use serde_json::Value;

/// Whether an event pattern matches: every field of the pattern has to be in the event, and its
/// value among those that the pattern lists.
pub fn matches(pattern: &Value, event: Option<&Value>) -> bool {
    let fields = pattern.as_object().expect("a pattern is an object");
    fields.iter().all(|(name, wanted)| {
        let found = event.and_then(|event| event.get(name));
        match wanted {
            Value::Array(alternatives) => alternatives
                .iter()
                .any(|alternative| matches_value(alternative, found)),
            deeper => matches(deeper, found),
        }
    })
}

fn matches_value(wanted: &Value, found: Option<&Value>) -> bool {
    // A rule looks at each value of a list. No record here has one where a pattern looks.
    assert!(!found.is_some_and(Value::is_array), "a list: {found:?}");
    // `exists` looks at values alone: an object in their place counts as nothing.
    let value = found.filter(|found| !found.is_object());
    match wanted {
        Value::Object(rule) => match (rule.len(), rule.get("exists")) {
            (1, Some(Value::Bool(exists))) => value.is_some() == *exists,
            _ => panic!("an unknown rule: {wanted}"),
        },
        literal => value == Some(literal),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_match_values_and_absence() {
        let event = json!({ "name": "MODIFY", "new": { "a": { "S": "x" }, "b": { "M": {} } } });
        for (pattern, is_match) in [
            (json!({ "name": ["INSERT", "MODIFY"] }), true),
            (json!({ "name": ["INSERT"] }), false),
            (json!({ "new": { "a": { "S": ["x"] } } }), true),
            (json!({ "new": { "a": { "S": ["y"] } } }), false),
            (
                json!({ "new": { "a": { "S": [{ "exists": true }] } } }),
                true,
            ),
            (
                json!({ "new": { "a": { "N": [{ "exists": true }] } } }),
                false,
            ),
            (
                json!({ "new": { "c": { "S": [{ "exists": false }] } } }),
                true,
            ),
            (
                json!({ "old": { "c": { "S": [{ "exists": false }] } } }),
                true,
            ),
            (json!({ "old": { "c": { "S": ["x"] } } }), false),
            (json!({ "new": { "b": [{ "exists": true }] } }), false),
        ] {
            assert_eq!(matches(&pattern, Some(&event)), is_match, "{pattern}");
        }
    }
}
