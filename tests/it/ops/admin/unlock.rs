//! `admin unlock`.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use super::support::{ADAS, run};
use crate::support::app::{TestApp, VERIFY};
use crate::support::mail::code_proof_of;

#[tokio::test]
async fn unlock_resets_attempts() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let item = format!("user#{ADAS}");
    for subject in [ADAS, "ada@example.org"] {
        app.post(VERIFY, json!({ "uuid": ADAS, "code": "000000" }))
            .await;
        let hundred = AttributeValue::N("100".to_owned());
        app.set(&item, "wrong_codes", hundred).await;
        let locked = app.post(VERIFY, code_proof_of(&mail)).await;
        assert_eq!(locked.json()["code"], "too_many_attempts");
        let status = run(&app, &["status", ADAS]).await.text();
        assert!(status.contains("locked after 100 wrong codes in a row"));
        let text = format!("The attempts of {ADAS} are reset.\n");
        assert_eq!(run(&app, &["unlock", subject]).await.text(), text);
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    let nobody = run(&app, &["unlock", "nobody@example.org"]).await;
    let text =
        "Check the address or UUID, --table and --region.\nProblem: no attempts are on record";
    assert_eq!(nobody.error(), (1, text.to_owned()));
}
