//! Who gets which mail, and when.

use futures_util::future::join_all;
use local::ses::DeliveryOutcome;
use serde_json::json;
use shared::domain::user_id::UserId;
use shared::domain::user_record::ProofMethod;
use shared::store::user;

use super::support::{
    FUNCTION, NEW, OLD, OLDS_ITEM, UUID, change, invoke, line_of, moved, notices, notify, verify,
    verify_by_operator,
};
use crate::events::mail_events::{record_of, record_outcome, ses_event, taken_now};
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::proof_of;
use crate::support::stream;

#[tokio::test]
async fn the_earlier_address_gets_a_mail() {
    let app = moved().await;
    assert_eq!(notices(&app), [], "nothing is mailed before the event");
    assert_eq!(notify(&app).await, ["mailed"]);
    let notices = notices(&app);
    let [notice] = notices.as_slice() else {
        panic!("{notices:?}")
    };
    assert_eq!(notice.to, [OLD]);
    assert_eq!(notice.subject, "Your Acme email address was changed");
    let text = notice.text.as_deref().unwrap();
    assert!(
        text.contains("from Old@example.org to a different one"),
        "{text}"
    );
    let html = notice.html.as_deref().unwrap();
    for part in [text, html] {
        assert!(
            !part.contains("example.net"),
            "it does not name the new address"
        );
        assert!(!part.contains("/verify_email"), "it has no link");
    }
    let tag = |name| {
        let tag = notice.tags.iter().find(|tag| tag.name == name);
        tag.map(|tag| tag.value.as_str())
    };
    assert_eq!((tag("user"), tag("stage")), (Some(UUID), Some("local")));
    assert_eq!(tag("mail"), notice.header("X-Entity-Ref-ID"));
}

/// The filter and the code name the same attributes.
#[test]
fn the_filter_asks_for_an_earlier_address() {
    let exists = json!({ "S": [{ "exists": true }] });
    let verification = json!({ "dynamodb": {
        "OldImage": { user::PENDING: { "BOOL": [true] }, user::VERIFIED_EMAIL: exists },
        "NewImage": { user::VERIFIED_AT: exists },
    } });
    let by_operator = json!({ "dynamodb": {
        "OldImage": { user::VERIFIED_EMAIL: exists },
        "NewImage": { user::VERIFIED_BY: { "S": [ProofMethod::Operator.as_str()] } },
    } });
    let pending = json!({ "dynamodb": {
        "OldImage": { user::VERIFIED_EMAIL: exists },
        "NewImage": { user::PENDING: { "BOOL": [true] } },
    } });
    assert_eq!(
        stream::patterns(FUNCTION),
        [verification, by_operator, pending],
        "template.yaml"
    );
}

#[tokio::test]
async fn only_a_move_is_a_notice() {
    let app = TestApp::start().await;
    verify(&app, OLD).await;
    let typo = json!({ "uuid": UUID, "email": "typo@example.net" });
    app.ask(typo).await;
    // The user comes back, which ends the move.
    let old = json!({ "uuid": UUID, "email": OLD });
    assert_eq!(app.post(REQUEST, old).await.status, 400);
    assert_eq!(notify(&app).await, [] as [&str; 0]);
    assert_eq!(notices(&app), []);
}

#[tokio::test]
async fn an_operators_move_is_a_notice() {
    let app = TestApp::start().await;
    let user = UserId::parse(UUID).unwrap();
    for email in [OLD, NEW] {
        verify_by_operator(&app, &user, email).await;
    }
    app.ask(json!({ "uuid": UUID, "email": "next@example.net" }))
        .await;
    assert_eq!(notify(&app).await, ["mailed"]);
    assert_eq!(notices(&app)[0].to, [OLD]);
}

#[tokio::test]
async fn a_duplicate_mails_once() {
    let app = moved().await;
    let change = change(&app).await;
    let function = &app.functions[FUNCTION];
    let calls = (0..50).map(|_| invoke(function, &change));
    let outcomes = join_all(calls).await;
    assert_eq!(notices(&app).len(), 1, "{outcomes:?}");
    assert_eq!(notify(&app).await, ["known"]);
    // Each later move is another one.
    verify(&app, OLD).await;
    verify(&app, NEW).await;
    assert_eq!(notify(&app).await, ["known", "mailed", "mailed"]);
}

#[tokio::test]
async fn the_language_is_the_verified_mails() {
    let app = TestApp::start().await;
    let mut subjects = Vec::new();
    for (language, email) in [
        ("de", OLD),
        // The move may be somebody else's.
        ("ja", NEW),
        ("xx", "third@example.org"),
        ("fr", "fourth@example.org"),
    ] {
        let body = json!({ "uuid": UUID, "email": email });
        let mail = app.ask_in(language, body).await;
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
        notify(&app).await;
        subjects.extend(notices(&app).first().map(|mail| mail.subject.clone()));
    }
    assert_eq!(
        subjects,
        [
            "Ihre E-Mail-Adresse für Acme wurde geändert",
            "Acme のメールアドレスが変更されました",
            "Your Acme email address was changed",
        ]
    );
}

#[tokio::test]
async fn earlier_records_get_the_default() {
    let app = TestApp::start_with(&[("DEFAULT_LOCALE", "fr")]).await;
    let item = format!("user#{UUID}");
    for email in [OLD, NEW] {
        let mail = app
            .ask_in("de", json!({ "uuid": UUID, "email": email }))
            .await;
        app.remove(&item, "mail_language").await;
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    }
    assert_eq!(notify(&app).await, ["mailed"]);
    assert_eq!(notices(&app)[0].header("Content-Language"), Some("fr"));
}

#[tokio::test]
async fn off_mails_nothing() {
    let app = moved().await;
    let functions = app.restarted_with(&[("CHANGE_NOTICE", "off")]);
    let outcome = invoke(&functions[FUNCTION], &change(&app).await).await;
    assert_eq!(outcome.unwrap(), "ignored");
    assert_eq!(notices(&app), []);
    assert!(!app.item(OLDS_ITEM).await.unwrap().contains_key("notices"));
}

#[tokio::test]
async fn a_bounced_notice_suppresses() {
    let app = moved().await;
    notify(&app).await;
    let notice = taken_now(&app, &notices(&app)[0]);
    let delivered = ses_event(&notice, DeliveryOutcome::Delivered, 1);
    assert_eq!(record_outcome(&app, &delivered).await, "ignored");
    let bounce = ses_event(&notice, DeliveryOutcome::Bounced, 5);
    assert_eq!(record_outcome(&app, &bounce).await, "recorded");
    assert!(record_of(&app, OLD).await.unwrap().is_suppressed(app.now()));
    app.assert_suppressed(OLD).await;
}

#[tokio::test]
async fn the_log_masks_the_address() {
    let app = moved().await;
    notify(&app).await;
    let line = line_of(&change(&app).await);
    assert_eq!(line["message"], "event handled");
    assert_eq!(line["outcome"], "mailed");
    assert_eq!(line["span"]["address"], "o***@e***.org");
    assert_eq!(line["span"]["user"], UUID);
    let notice = &notices(&app)[0];
    assert_eq!(line["span"]["message_id"], notice.message_id.as_str());
    assert_eq!(
        line["span"]["mail"].as_str(),
        notice.header("X-Entity-Ref-ID")
    );
    assert!(!logs::all().contains(OLD));
}
