//! One log line per event, with masked addresses.

use local::ses::DeliveryOutcome;
use serde_json::{Value, json};

use super::support::{failure, lines_of, mail_to_ada, record_outcome, ses_event, taken_now};
use crate::support::app::TestApp;
use crate::support::logs;

#[tokio::test]
async fn each_event_is_one_log_line() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let bounce = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    record_outcome(&app, &bounce).await;
    let lines = lines_of(&bounce);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "event handled");
    assert_eq!(line["outcome"], "recorded");
    assert!(line["duration_ms"].is_u64());
    let span = &line["span"];
    assert_eq!(span["state"], "bounced");
    assert_eq!(span["bounce"], "Permanent/General");
    assert_eq!(span["address"], "a***@e***.org");
    assert_eq!(span["domain_hash"].as_str().unwrap().len(), 16);
    assert_eq!(span["message_id"], mail.message_id.as_str());
    assert_eq!(span["mail"], mail.header("X-Entity-Ref-ID").unwrap());

    let mut odd = ses_event(&mail, DeliveryOutcome::Complained, 6);
    odd["detail"]["complaint"]["timestamp"] = Value::Null;
    failure(app.record(&odd).await);
    let lines = lines_of(&odd);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&line["level"], &line["outcome"]),
        (&json!("ERROR"), &json!("failed"))
    );
    assert_eq!(
        line["error"],
        "an event about a mail of ours cannot be read: /detail/complaint/timestamp"
    );
}

#[tokio::test]
async fn the_log_masks_what_ses_says() {
    let app = TestApp::start().await;
    let email = "Margaret.Of.Events@example.org";
    let mail = app.ask(json!({ "email": email })).await;
    let mail = taken_now(&app, &mail);
    for outcome in [
        DeliveryOutcome::Delayed,
        DeliveryOutcome::Delivered,
        DeliveryOutcome::Bounced,
        DeliveryOutcome::Complained,
    ] {
        let mut event = ses_event(&mail, outcome, 5);
        event["id"] = json!(format!("id of {email}"));
        event["detail"]["mail"]["messageId"] = json!(email);
        event["detail"]["bounce"]["bounceSubType"] = json!(email);
        event["detail"]["complaint"]["complaintFeedbackType"] = json!(email);
        event["detail"]["bounce"]["bouncedRecipients"] =
            json!([{ "emailAddress": email, "diagnosticCode": format!("no <{email}> here") }]);
        app.record(&event).await.unwrap();
        let member = match outcome {
            DeliveryOutcome::Delayed => "/detail/deliveryDelay/timestamp",
            DeliveryOutcome::Delivered => "/detail/delivery/timestamp",
            DeliveryOutcome::Bounced => "/detail/bounce/timestamp",
            _ => "/detail/complaint/timestamp",
        };
        *event.pointer_mut(member).unwrap() = json!(email);
        let error = failure(app.record(&event).await);
        assert!(!error.to_lowercase().contains("margaret"), "{error}");
    }
    let logs = logs::all().to_lowercase();
    assert!(logs.contains("event failed"), "logs are captured");
    assert!(!logs.contains("margaret.of.events"));
}
