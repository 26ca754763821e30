//! Addresses are cleaned, and refused if they mean another.

use serde_json::json;

use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::mail::code_of;

#[tokio::test]
async fn typed_addresses_are_cleaned() {
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
async fn misleading_addresses_are_refused() {
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
async fn length_counts_after_cleaning() {
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
    // Blank after cleaning.
    let answer = app
        .post(REQUEST, json!({ "email": "\u{200b}\u{2068} " }))
        .await;
    assert_eq!(answer.json()["code"], "blank");
}
