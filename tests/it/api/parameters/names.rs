//! Names, which the mail repeats.

use serde_json::json;

use super::support::NOBODY;
use crate::support::app::{REQUEST, TestApp, error};

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
