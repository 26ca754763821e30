//! Names, which the mail repeats.

use serde_json::json;

use super::support::NOBODY;
use crate::support::app::{REQUEST, TestApp, error};

const FIELDS: [&str; 2] = ["first_name", "last_name"];

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
        for field in FIELDS {
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
    for (code, detail, names) in [
        (
            "invalid_control_char",
            "Line breaks and control characters are not allowed in this field.",
            &["Ada\nYour account is locked"][..],
        ),
        (
            "invalid_invisible_char",
            "Invisible or direction-override characters are not allowed in this field.",
            &["A\u{200b}da", "A\u{200d}da", "\u{202e}moc.live"],
        ),
        (
            "invalid_bracket",
            "Angle brackets are not allowed in this field.",
            &["<a href=//evil>Ada"],
        ),
        (
            "invalid_url",
            "URLs are not allowed in this field.",
            &[
                "Win €500 at evil.example",
                "evil．com",
                "evil。com",
                "EVIL.COM",
                "https://evil",
            ],
        ),
    ] {
        for (name, field) in names
            .iter()
            .flat_map(|name| FIELDS.map(|field| (name, field)))
        {
            let body = json!({ "email": "ada@example.org", field: name });
            let answer = app.post(REQUEST, body).await;
            let answered = (answer.status.as_u16(), answer.json());
            let expected = error("validation_error", code, detail, Some(field));
            assert_eq!(answered, (400, expected), "{name:?}");
        }
    }
    assert_eq!(app.sent.len(), 0);
}
