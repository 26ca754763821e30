//! Every field against every kind of JSON value, on both endpoints.

use shared::api::fields::Field;
use shared::api::parameters::PARAMETERS;

use super::support::{FIELDS_ARE_FINE, NOBODY};
use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::lists::assert_same;

/// The columns of [`MATRIX`]: a JSON value as it is sent, the name of its type in `not_a_dict`, and
/// how `invalid_choice` shows it.
const VALUES: [(&str, &str, &str); 16] = [
    ("null", "NoneType", "null"),
    (r#""""#, "str", ""),
    (r#""  ""#, "str", "  "),
    ("true", "bool", "true"),
    ("0", "int", "0"),
    ("1.5", "float", "1.5"),
    ("1e999", "float", "1e999"),
    (HUGE, "int", HUGE),
    (r#""x""#, "str", "x"),
    (r#""yes""#, "str", "yes"),
    ("[]", "list", "[]"),
    ("{}", "dict", "{}"),
    (r#""a\u0000b""#, "str", "a\0b"),
    (r#""\ud800""#, "str", r"\ud800"),
    (r#""😀""#, "str", "😀"),
    (LONG, "str", ""),
];

/// More than any integer type holds.
const HUGE: &str = "123456789012345678901234567890123456789012345678901234567890";
/// Longer than a name or a password may be.
const LONG: &str = "\"{151 times x}\"";

/// The error of each field for each value, in the order of the checks. A dot: accepted.
///
/// | letter | code | detail |
/// | --- | --- | --- |
/// | N | `null` | This field may not be null. |
/// | K | `blank` | This field may not be blank. |
/// | S | `invalid_input` | Not a valid string. |
/// | 0 | `null_characters_not_allowed` | Null characters are not allowed. |
/// | L | `max_length` | Ensure this field has no more than {n} characters. |
/// | B | `invalid_input` | Must be a valid boolean. |
/// | C | `invalid_choice` | "{value}" is not a valid choice. |
/// | D | `not_a_dict` | Expected a dictionary of items but got type "{type}". |
/// | E | `invalid_input` | Enter a valid email address. |
/// | U | `invalid_input` | Must be a valid UUID. |
#[rustfmt::skip]
const MATRIX: &[(&str, usize, &str)] = &[
    // null, "", "  ", true, 0, 1.5, 1e999, huge, "x", "yes", [], {}, NUL, \ud800, 😀, long
    ("first_name",                  150, "N . . S . . . . . . S S 0 S . L"),
    ("last_name",                   150, "N . . S . . . . . . S S 0 S . L"),
    ("email",                       254, "N K K S E E E E E E S S 0 S E E"),
    ("notification_settings",         0, "N D D D D D D D D D D . D D D D"),
    ("anonymize_data",                0, ". . B . . B B B B . B B B B B B"),
    ("allow_impersonation",           0, ". . B . . B B B B . B B B B B B"),
    ("toolbar_mode",                  0, ". . C C C C C C C C C C C C C C"),
    ("is_staff",                      0, "N B B . . B B B B . B B B B B B"),
    ("set_current_organization",      0, "N K K S . . . . . . S S 0 S . ."),
    ("set_current_team",              0, "N K K S . . . . . . S S 0 S . ."),
    ("password",                    128, "N K . S . . . . . . S S 0 S . L"),
    ("current_password",              0, "N K . S . . . . . . S S 0 S . ."),
    ("events_column_config",          0, "N . . . . . . . . . . . . . . ."),
    ("has_seen_product_intro_for",    0, ". . . . . . . . . . . . . . . ."),
    ("theme_mode",                    0, ". . C C C C C C C C C C C C C C"),
    ("hedgehog_config",               0, ". . . . . . . . . . . . . . . ."),
    ("allow_sidebar_suggestions",     0, ". . B . . B B B B . B B B B B B"),
    ("shortcut_position",             0, ". . C C C C C C C C C C C C C C"),
    ("role_at_organization",          0, "N C C C C C C C C C C C C C C C"),
    ("passkeys_enabled_for_2fa",      0, ". . B . . B B B B . B B B B B B"),
    ("hide_mcp_hints",                0, "N B B . . B B B B . B B B B B B"),
    ("uuid",                          0, "U U U U U U U U U U U U U U U U"),
];

#[tokio::test]
async fn each_field_answers_each_kind_of_json() {
    let app = TestApp::start().await;
    let before = app.table().await;
    for &(field, limit, row) in MATRIX {
        let cells: Vec<_> = row.split(' ').collect();
        assert_eq!(cells.len(), VALUES.len(), "{field}");
        for (cell, (json, python_type, shown)) in cells.into_iter().zip(VALUES) {
            let long = "x".repeat(151);
            let json = json.replace("{151 times x}", &long);
            let shown = if json.contains(&long) { &long } else { shown };
            // The last of two equal fields counts, so the field comes last.
            let body = format!(r#"{{"uuid":"{NOBODY}","token":"x","{field}":{json}}}"#);
            let asked = app.post_text(REQUEST, body.clone()).await;
            let verified = app.post_text(VERIFY, body).await;
            let Some((code, detail)) = refusal(cell, limit, python_type, shown) else {
                let context = format!("{field}: {json}");
                assert_eq!(asked.status, FIELDS_ARE_FINE, "{context}");
                assert_eq!(verified.json()["code"], "invalid_token", "{context}");
                continue;
            };
            let expected = error("validation_error", code, &detail, Some(field));
            for answer in [asked, verified] {
                let context = format!("{field}: {json}");
                assert_eq!(
                    (answer.status.as_u16(), answer.json()),
                    (400, expected.clone()),
                    "{context}"
                );
            }
        }
    }
    assert_eq!((app.table().await, app.sent.len()), (before, 0));
}

fn refusal(
    cell: &str,
    limit: usize,
    python_type: &str,
    shown: &str,
) -> Option<(&'static str, String)> {
    let (code, detail) = match cell {
        "." => return None,
        "N" => ("null", "This field may not be null.".to_owned()),
        "K" => ("blank", "This field may not be blank.".to_owned()),
        "S" => ("invalid_input", "Not a valid string.".to_owned()),
        "0" => (
            "null_characters_not_allowed",
            "Null characters are not allowed.".to_owned(),
        ),
        "L" => (
            "max_length",
            format!("Ensure this field has no more than {limit} characters."),
        ),
        "B" => ("invalid_input", "Must be a valid boolean.".to_owned()),
        "C" => (
            "invalid_choice",
            format!("\"{shown}\" is not a valid choice."),
        ),
        "D" => {
            let detail = format!("Expected a dictionary of items but got type \"{python_type}\".");
            ("not_a_dict", detail)
        }
        "E" => ("invalid_input", "Enter a valid email address.".to_owned()),
        "U" => ("invalid_input", "Must be a valid UUID.".to_owned()),
        other => panic!("the matrix has no letter {other}"),
    };
    Some((code, detail))
}

/// Each field that refuses something, with a value that it refuses, in the order in which they are
/// checked.
fn refused() -> Vec<(&'static str, String)> {
    let first_refused = |row: &str| {
        let refused = row.split(' ').position(|cell| cell != ".")?;
        Some(VALUES[refused].0.replace("{151 times x}", &"x".repeat(151)))
    };
    let of_matrix = MATRIX
        .iter()
        .filter_map(|(field, _, row)| Some((*field, first_refused(row)?)));
    let of_proofs = ["token", "code"].map(|field| (field, "[]".to_owned()));
    of_matrix.chain(of_proofs).collect()
}

#[tokio::test]
async fn the_first_wrong_field_is_reported() {
    let app = TestApp::start().await;
    let refused = refused();
    for (first, (attr, _)) in refused.iter().enumerate() {
        // The body has the fields in reverse: their order does not count.
        let wrong = refused.iter().skip(first).rev();
        let wrong: Vec<_> = wrong
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        let body = format!(r#"{{"uuid":"{NOBODY}",{}}}"#, wrong.join(","));
        assert_eq!(
            app.post_text(VERIFY, body.clone()).await.json()["attr"],
            *attr
        );
        if !["token", "code"].contains(attr) {
            assert_eq!(app.post_text(REQUEST, body).await.json()["attr"], *attr);
        }
    }
}

#[test]
fn the_matrix_has_each_parameter() {
    let fields = MATRIX.iter().map(|(field, ..)| *field);
    let parameters = PARAMETERS.iter().map(Field::name).chain(["uuid"]);
    assert_same(fields, parameters);
}
