//! The 21 documented parameters and the three beside them: every field against every kind of JSON
//! value, on both endpoints.

use axum::http::StatusCode;
use serde_json::{Value, json};
use shared::api::fields::Field;
use shared::api::parameters::PARAMETERS;

use crate::support::app::{REQUEST, TestApp, VERIFY, code_of, error};

/// Nobody's id, so that nothing is mailed and nothing is found.
pub const NOBODY: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
/// What the request endpoint answers for `NOBODY` once no field is wrong: there is no such user.
const FIELDS_ARE_FINE: StatusCode = StatusCode::NOT_FOUND;

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

/// What each field answers to each value, in the order in which they are checked. A dot takes the
/// value.
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
    //                               null "" "  " true 0 1.5 1e999 huge "x" "yes" [] {} NUL \ud8 😀 …
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
            // Of a field that is sent twice the last one counts, so the field comes last.
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
        // The order within the body is the other way round: it does not count.
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
    assert_eq!(fields.collect::<Vec<_>>(), parameters.collect::<Vec<_>>());
}

#[test]
fn the_event_with_all_has_each_parameter() {
    let event = include_str!("../../../events/request_email_verification/all_parameters.json");
    for parameter in PARAMETERS {
        let name = parameter.name();
        assert!(event.contains(&format!(r#"\"{name}\": "#)), "{name}");
    }
}

#[tokio::test]
async fn a_limit_counts_characters_and_is_exact() {
    let app = TestApp::start().await;
    for (field, limit) in [("first_name", 150), ("last_name", 150), ("password", 128)] {
        for (longest, one_more) in [
            ("x".repeat(limit), "x".repeat(limit + 1)),
            ("😀".repeat(limit), "😀".repeat(limit + 1)),
        ] {
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: longest }))
                .await;
            assert_eq!(answer.status, FIELDS_ARE_FINE, "{field}");
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: one_more }))
                .await;
            assert_eq!(answer.json()["code"], "max_length", "{field}");
        }
    }
    // Outer white space counts for a password alone.
    let padded = |text: &str, limit: usize| format!(" {} ", text.repeat(limit - 1));
    let name = json!({ "uuid": NOBODY, "first_name": padded("x", 151) });
    assert_eq!(app.post(REQUEST, name).await.status, FIELDS_ARE_FINE);
    let password = json!({ "uuid": NOBODY, "password": padded("x", 128) });
    assert_eq!(
        app.post(REQUEST, password).await.json()["code"],
        "max_length"
    );
}

#[tokio::test]
async fn a_boolean_has_its_usual_spellings() {
    let app = TestApp::start().await;
    let send = async |field: &str, value: &str| {
        let body = format!(r#"{{"uuid":"{NOBODY}","{field}":{value}}}"#);
        app.post_text(REQUEST, body).await.status
    };
    for value in [
        "true",
        "false",
        "1",
        "0",
        r#""1""#,
        r#""0""#,
        r#""t""#,
        r#""T""#,
        r#""f""#,
        r#""F""#,
        r#""true""#,
        r#""True""#,
        r#""TRUE""#,
        r#""false""#,
        r#""False""#,
        r#""FALSE""#,
        r#""yes""#,
        r#""Yes""#,
        r#""YES""#,
        r#""no""#,
        r#""No""#,
        r#""NO""#,
        r#""y""#,
        r#""Y""#,
        r#""n""#,
        r#""N""#,
        r#""on""#,
        r#""On""#,
        r#""ON""#,
        r#""off""#,
        r#""Off""#,
        r#""OFF""#,
    ] {
        assert_eq!(send("is_staff", value).await, FIELDS_ARE_FINE, "{value}");
        assert_eq!(
            send("anonymize_data", value).await,
            FIELDS_ARE_FINE,
            "{value}"
        );
    }
    for value in [
        "2",
        "-1",
        "10",
        r#""tRUE""#,
        r#""oN""#,
        r#"" true""#,
        r#""2""#,
        r#""ja""#,
    ] {
        assert_eq!(send("is_staff", value).await, 400, "{value}");
        assert_eq!(send("anonymize_data", value).await, 400, "{value}");
    }
    for value in ["null", r#""""#, r#""null""#, r#""Null""#, r#""NULL""#] {
        assert_eq!(send("is_staff", value).await, 400, "{value}");
        assert_eq!(
            send("anonymize_data", value).await,
            FIELDS_ARE_FINE,
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_choice_is_matched_to_the_letter() {
    let app = TestApp::start().await;
    let roles = "engineering data product founder leadership marketing sales other";
    for (field, choices) in [
        ("toolbar_mode", "disabled toolbar"),
        ("theme_mode", "light dark system"),
        ("shortcut_position", "above below hidden"),
        ("role_at_organization", roles),
    ] {
        for choice in choices.split(' ') {
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: choice }))
                .await;
            assert_eq!(answer.status, FIELDS_ARE_FINE, "{field}: {choice}");
            for other in [
                choice.to_uppercase(),
                format!("{choice} "),
                format!("{choice}s"),
            ] {
                let answer = app
                    .post(REQUEST, json!({ "uuid": NOBODY, field: other }))
                    .await;
                let detail = format!("\"{other}\" is not a valid choice.");
                let expected = error("validation_error", "invalid_choice", &detail, Some(field));
                assert_eq!(answer.json(), expected);
            }
        }
    }
}

#[tokio::test]
async fn addresses_are_read_as_they_are_seen() {
    let app = TestApp::start().await;
    for (typed, mailed) in [
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
        ("Bob＠Example.com", "Bob@Example.com"),
        ("\u{2068}carol@example.org\u{2069}", "carol@example.org"),
        (
            "\u{202a} dave@example.org\u{202c}\u{200e}\n",
            "dave@example.org",
        ),
        ("\u{200b}eve@exam\u{ad}ple.org\u{feff}", "eve@example.org"),
        ("fr\u{200d}a\u{2060}nk@example.org", "frank@example.org"),
        ("gina@corp.test", "gina@corp.test"),
    ] {
        let mail = app.ask(json!({ "email": typed })).await;
        assert_eq!(mail.to, [mailed], "{typed:?}");
        // Another spelling of the address is the same user.
        let body = json!({ "email": mailed, "code": code_of(&mail) });
        assert_eq!(app.post(VERIFY, body).await.status, 200, "{typed:?}");
    }
}

#[tokio::test]
async fn addresses_that_mean_another_are_refused() {
    let app = TestApp::start().await;
    for email in [
        "=?utf-8?q?mallory=40evil.example=3e=00?=@corp.example",
        "mallory%evil.example@corp.example",
        "mallory％evil.example@corp.example",
        "evil.example!mallory@corp.example",
        "ada\u{202e}@example.com",
        "a\u{2068}d\u{2069}a@example.com",
        "ada@corp.invalid",
        "ada@corp.localhost",
        "ada@corp.LOCAL",
        "ada@corp.internal",
        "ada@corp.onion",
        "ada@corp.alt",
        "ada@home.arpa",
        "ada@corp.ｌｏｃａｌ",
    ] {
        let detail = "Enter a valid email address.";
        let expected = error("validation_error", "invalid_input", detail, Some("email"));
        for path in [REQUEST, VERIFY] {
            let answer = app
                .post(path, json!({ "email": email, "code": "123456" }))
                .await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (400, expected.clone()),
                "{email:?}"
            );
        }
    }
    assert_eq!(app.sent.len(), 0);
}

#[tokio::test]
async fn the_254_characters_are_those_that_remain() {
    let app = TestApp::start().await;
    let address = |last| {
        let label = |c: &str, length| c.repeat(length);
        let (local, first, second) = (label("a", 64), label("b", 63), label("c", 63));
        format!("{local}@{first}.{second}.{}", label("d", last))
    };
    assert_eq!(address(61).len(), 254);
    let padded = format!("\u{2068}\u{200b} {}\u{ad}\u{2069}", address(61));
    let mail = app.ask(json!({ "email": padded })).await;
    assert_eq!(mail.to, [address(61)]);
    let answer = app.post(REQUEST, json!({ "email": address(62) })).await;
    assert_eq!(answer.json()["code"], "max_length");
    // What is blank once it is cleaned is blank.
    let answer = app
        .post(REQUEST, json!({ "email": "\u{200b}\u{2068} " }))
        .await;
    assert_eq!(answer.json()["code"], "blank");
}

#[tokio::test]
async fn initials_and_joiners_are_names() {
    let app = TestApp::start().await;
    for name in [
        "K.Ramesh",
        "J.R.Tolkien",
        "Ma.Teresa",
        "Prof.Müller",
        "S.Kumar",
        "ශ්\u{200d}රී ලාල්",
        "علی\u{200c}رضا",
    ] {
        for field in ["first_name", "last_name"] {
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: name }))
                .await;
            // The name is accepted: there is no user of this id.
            assert_eq!(answer.json()["code"], "not_found", "{name:?}");
        }
    }
}

#[tokio::test]
async fn a_name_cannot_carry_a_message() {
    let app = TestApp::start().await;
    for (name, code, detail) in [
        (
            "Ada\nYour account is locked",
            "invalid_control_char",
            "Line breaks and control characters are not allowed in this field.",
        ),
        (
            "A\u{200b}da",
            "invalid_invisible_char",
            "Invisible or direction-override characters are not allowed in this field.",
        ),
        (
            "\u{202e}moc.live",
            "invalid_invisible_char",
            "Invisible or direction-override characters are not allowed in this field.",
        ),
        (
            "<a href=//evil>Ada",
            "invalid_bracket",
            "Angle brackets are not allowed in this field.",
        ),
        (
            "Win €500 at evil.example",
            "invalid_url",
            "URLs are not allowed in this field.",
        ),
        (
            "evil．com",
            "invalid_url",
            "URLs are not allowed in this field.",
        ),
        (
            "evil。com",
            "invalid_url",
            "URLs are not allowed in this field.",
        ),
        (
            "EVIL.COM",
            "invalid_url",
            "URLs are not allowed in this field.",
        ),
        (
            "A\u{200d}da",
            "invalid_invisible_char",
            "Invisible or direction-override characters are not allowed in this field.",
        ),
        (
            "https://evil",
            "invalid_url",
            "URLs are not allowed in this field.",
        ),
    ] {
        for field in ["first_name", "last_name"] {
            let answer = app
                .post(REQUEST, json!({ "email": "ada@example.org", field: name }))
                .await;
            let expected = error("validation_error", code, detail, Some(field));
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (400, expected),
                "{name:?}"
            );
        }
    }
    assert_eq!(app.sent.len(), 0);
}

#[tokio::test]
async fn a_full_body_keeps_only_the_address() {
    let app = TestApp::start().await;
    let everything = everything();
    for parameter in PARAMETERS {
        let name = parameter.name();
        assert!(everything.get(name).is_some(), "{name} is not sent");
    }
    let mail = app.ask(everything).await;
    assert_eq!(mail.to, ["ada@example.org"]);
    let (table, text) = (app.table().await, mail.text.clone().unwrap());
    assert!(text.contains("\nHello Ada,\n"), "{text}");
    for said in [
        "Lovelace",
        "org-one",
        "team-one",
        "hunter2",
        "hunter1",
        "column-one",
        "intro-one",
        "hedgehog-one",
        "setting-one",
        "leadership",
    ] {
        assert!(!table.contains(said) && !text.contains(said), "{said}");
    }
}

fn everything() -> Value {
    json!({
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": "ada@example.org",
        "notification_settings": { "setting-one": true },
        "anonymize_data": null,
        "allow_impersonation": false,
        "toolbar_mode": "toolbar",
        "is_staff": true,
        "set_current_organization": "org-one",
        "set_current_team": "team-one",
        "password": "hunter2",
        "current_password": "hunter1",
        "events_column_config": ["column-one"],
        "has_seen_product_intro_for": { "intro-one": true },
        "theme_mode": "dark",
        "hedgehog_config": { "hedgehog-one": 1 },
        "allow_sidebar_suggestions": true,
        "shortcut_position": "above",
        "role_at_organization": "leadership",
        "passkeys_enabled_for_2fa": "off",
        "hide_mcp_hints": "Yes",
    })
}
