//! An EventBridge pipe, as AWS documents it and independent of anything in the product: which records of
//! a table's stream it lets through, and what it makes of them.
//!
//! Only what `template.yaml` uses is known here. Anything else fails the test that brings it.

use serde_json::Value;

/// Whether an event pattern matches: every field of the pattern has to be in the event, and its value among
/// those that the pattern lists.
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
    // EventBridge looks at each value of a list. No event here has one where a pattern looks.
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

/// Puts the values of the event where the template has `<$.a.path>`. Such a place stands in quotes and its
/// value is text, as a pipe writes the value there as it is.
pub fn fill(template: &str, event: &Value) -> Value {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("\"<$.") {
        let (path, after) = after.split_once(">\"").expect("a place ends in quotes");
        let value = path
            .split('.')
            .try_fold(event, |value, name| value.get(name))
            .unwrap_or_else(|| panic!("nothing is at {path}: {event}"));
        let text = value.as_str().expect("only text is filled in");
        assert!(
            !text.contains(['"', '\\']) && !text.contains(char::is_control),
            "{text} would break the JSON around it"
        );
        filled.extend([before, "\"", text, "\""]);
        rest = after;
    }
    filled.push_str(rest);
    assert!(!filled.contains('<'), "a place is left: {filled}");
    serde_json::from_str(&filled).expect("what a pipe makes is JSON")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_asks_for_values_and_for_their_absence() {
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

    #[test]
    fn a_template_takes_its_values_from_the_event() {
        let template = r#"{"id": "<$.id>", "who": "<$.new.a.S>", "stage": "prod"}"#;
        let event = json!({ "id": "1", "new": { "a": { "S": "x" } } });
        let filled = json!({ "id": "1", "who": "x", "stage": "prod" });
        assert_eq!(fill(template, &event), filled);
    }
}
