//! Every path through the functions: what comes before, the event, and the answer in short.

use std::time::Duration;

use local::edge::Service;
use local::functions::Functions;
use local::lambda::InvocationError;
use local::ses::DeliveryOutcome;
use serde_json::{Value, json};
use shared::brand::public_url::NEW_MAIL_PATH;

use crate::events::mail_events::{ses_event, taken_now};
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_of, link_of, proof_of, wrong_code};
use crate::support::stream::let_through;

pub const USER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
pub const ADA: &str = "ada@example.org";
pub const GRACE: &str = "grace@example.net";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    FirstRequest,
    RepeatedRequest,
    /// A first request with an `Idempotency-Key`.
    KeyedRequest,
    /// The user asks with another address.
    Move,
    /// The verified user asks with the verified address again, and so withdraws a move.
    Withdrawal,
    /// The user asks without an address.
    UuidAlone,
    /// SES refuses the mail of a first request.
    RefusedMail,
    /// The reader of an expired link asks.
    NewMail,
    Link,
    RightCode,
    WrongCode,
    ExpiredCode,
    Status,
    PageLink,
    PageCode,
    WrongPageCode,
    Refuse,
    Allow,
    /// SES reports that the mail arrived.
    Delivery,
    /// SES reports a bounce.
    Bounce,
    /// SES reports a complaint.
    Complaint,
    /// The stream has a verification.
    Publish,
    /// The stream has the verification of another address.
    Notice,
    /// The stream has a verified user's request to change to another address.
    RequestNotice,
}

impl Path {
    pub const ALL: [Self; 24] = [
        Self::FirstRequest,
        Self::RepeatedRequest,
        Self::KeyedRequest,
        Self::Move,
        Self::Withdrawal,
        Self::UuidAlone,
        Self::RefusedMail,
        Self::NewMail,
        Self::Link,
        Self::RightCode,
        Self::WrongCode,
        Self::ExpiredCode,
        Self::Status,
        Self::PageLink,
        Self::PageCode,
        Self::WrongPageCode,
        Self::Refuse,
        Self::Allow,
        Self::Delivery,
        Self::Bounce,
        Self::Complaint,
        Self::Publish,
        Self::Notice,
        Self::RequestNotice,
    ];

    pub fn function(self) -> &'static str {
        match self {
            Self::FirstRequest
            | Self::RepeatedRequest
            | Self::KeyedRequest
            | Self::Move
            | Self::Withdrawal
            | Self::UuidAlone
            | Self::RefusedMail
            | Self::NewMail => "request_email_verification",
            Self::Link | Self::RightCode | Self::WrongCode | Self::ExpiredCode => "verify_email",
            Self::Status => "email_verification_status",
            Self::PageLink | Self::PageCode | Self::WrongPageCode | Self::Refuse | Self::Allow => {
                "verification_page"
            }
            Self::Delivery | Self::Bounce | Self::Complaint => "record_mail_events",
            Self::Publish => "publish_events",
            Self::Notice | Self::RequestNotice => "notify_previous_address",
        }
    }

    /// The services that fail from the first call on. Without DynamoDB, all requests end as the
    /// first one.
    pub fn services(self) -> &'static [Service] {
        match self {
            Self::Publish => &[Service::Events],
            Self::FirstRequest | Self::KeyedRequest | Self::Notice | Self::RequestNotice => {
                &[Service::DynamoDb, Service::Ses]
            }
            Self::Move | Self::NewMail => &[Service::Ses],
            Self::RepeatedRequest | Self::Withdrawal | Self::RefusedMail => &[],
            _ => &[Service::DynamoDb],
        }
    }

    /// The settings beside the usual ones.
    pub fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::RequestNotice => &[("CHANGE_NOTICE", "asked")],
            _ => &[],
        }
    }

    /// The event for adopters that it makes.
    pub fn event(self) -> Option<&'static str> {
        match self {
            Self::Withdrawal
            | Self::Link
            | Self::RightCode
            | Self::PageLink
            | Self::PageCode
            | Self::Publish
            | Self::Notice
            | Self::RequestNotice => Some("Email Verified"),
            Self::Refuse | Self::Allow => Some("Verification Refused"),
            Self::Bounce | Self::Complaint => Some("Email Undeliverable"),
            _ => None,
        }
    }

    /// Makes what the path begins with, and returns its event.
    pub async fn prepare(self, app: &TestApp) -> Value {
        let first = post(REQUEST, &json!({ "uuid": USER, "email": ADA }));
        if let Self::FirstRequest | Self::RefusedMail = self {
            return first;
        }
        if self == Self::KeyedRequest {
            let mut event = first;
            event["headers"]["idempotency-key"] = json!("key");
            return event;
        }
        let mail = app.ask(json!({ "uuid": USER, "email": ADA })).await;
        let proof = proof_of(&mail);
        let with = |name: &str, value: &str| {
            let mut proof = json!({ "uuid": USER });
            proof[name] = json!(value);
            proof
        };
        match self {
            Self::FirstRequest | Self::RefusedMail | Self::KeyedRequest | Self::RepeatedRequest => {
                first
            }
            Self::Move => post(REQUEST, &json!({ "uuid": USER, "email": GRACE })),
            Self::Withdrawal => {
                assert_eq!(app.post(VERIFY, proof).await.status, 200);
                app.ask(json!({ "uuid": USER, "email": GRACE })).await;
                first
            }
            Self::UuidAlone => post(REQUEST, &json!({ "uuid": USER })),
            Self::NewMail => {
                app.pass(Duration::from_hours(24));
                post(NEW_MAIL_PATH, &proof)
            }
            Self::Link => post(VERIFY, &proof),
            Self::RightCode => post(VERIFY, &with("code", &code_of(&mail))),
            Self::WrongCode => post(VERIFY, &with("code", &wrong_code(&[&mail]))),
            Self::ExpiredCode => {
                app.pass(Duration::from_mins(30));
                post(VERIFY, &with("code", &code_of(&mail)))
            }
            Self::Status => {
                let mut event = post("/api/users/email_verification_status", &json!({}));
                event["requestContext"]["http"]["method"] = json!("GET");
                event["rawQueryString"] = json!(format!("uuid={USER}"));
                event
            }
            Self::PageLink => post(PAGE, &proof),
            Self::PageCode => post(PAGE, &with("code", &code_of(&mail))),
            Self::WrongPageCode => post(PAGE, &with("code", &wrong_code(&[&mail]))),
            Self::Refuse => post(PAGE, &acting(proof, "stop")),
            Self::Allow => {
                let stop = post(PAGE, &acting(proof.clone(), "stop"));
                let stopped = self.invoke(&app.functions, &stop).await;
                assert_eq!(stopped, "200 stopped");
                post(PAGE, &acting(proof, "allow"))
            }
            Self::Delivery => ses_event(&taken_now(app, &mail), DeliveryOutcome::Delivered, 1),
            Self::Bounce => ses_event(&taken_now(app, &mail), DeliveryOutcome::Bounced, 1),
            Self::Complaint => ses_event(&taken_now(app, &mail), DeliveryOutcome::Complained, 1),
            Self::Publish | Self::Notice | Self::RequestNotice => {
                assert_eq!(app.post(VERIFY, proof).await.status, 200);
                if self != Self::Publish {
                    let mail = app.ask(json!({ "uuid": USER, "email": GRACE })).await;
                    assert_eq!(link_of(&mail).0, USER);
                    if self == Self::Notice {
                        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
                    }
                }
                let newest = let_through(app, self.function()).await.pop();
                json!({ "Records": [newest] })
            }
        }
    }

    /// Puts the API key into the function's cache.
    pub async fn warm(self, functions: &Functions) {
        let path = match self.function() {
            "request_email_verification" => REQUEST,
            "verify_email" => VERIFY,
            "email_verification_status" => "/api/users/email_verification_status",
            _ => return,
        };
        let mut event = post(path, &json!({}));
        if self == Self::Status {
            event["requestContext"]["http"]["method"] = json!("GET");
        }
        let answer = self.invoke(functions, &event).await;
        assert_eq!(answer, "400 required");
    }

    /// The answer in short.
    pub async fn invoke(self, functions: &Functions, event: &Value) -> String {
        let function = &functions[self.function()];
        self.read(function.invoke(&event.to_string()).await)
    }

    pub fn read(self, answer: Result<String, InvocationError>) -> String {
        let answer: Value = match answer {
            Ok(answer) => serde_json::from_str(&answer).unwrap(),
            Err(InvocationError::Failed(error)) => return error.kind,
            Err(error) => panic!("{self:?}: {error}"),
        };
        match self {
            Self::Delivery | Self::Bounce | Self::Complaint => {
                answer["outcome"].as_str().unwrap().to_owned()
            }
            Self::Notice | Self::RequestNotice => {
                answer["outcomes"][0].as_str().unwrap().to_owned()
            }
            Self::Publish => {
                let failed = answer["batchItemFailures"].as_array().unwrap().len();
                format!("{failed} failed")
            }
            _ => in_short(&answer),
        }
    }
}

/// A proof with an action, as the page's script posts it.
fn acting(mut proof: Value, action: &str) -> Value {
    proof["action"] = json!(action);
    proof
}

/// An event of a `POST` with a good key, as API Gateway sends it.
fn post(path: &str, body: &Value) -> Value {
    let event = include_str!("../../../events/request_email_verification/http_api.json");
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["rawPath"] = json!(path);
    event["requestContext"]["http"]["path"] = json!(path);
    event["headers"]["accept"] = json!("application/json");
    event["headers"]["sec-fetch-site"] = json!("same-origin");
    event["body"] = json!(body.to_string());
    event
}

/// Status, code or state, and how long to wait. The other members of an error are those of every
/// such error.
fn in_short(answer: &Value) -> String {
    let status = answer["statusCode"].as_u64().unwrap();
    let body = answer["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let wait = answer["headers"]["retry-after"].as_str();
    let wait = wait
        .map(|seconds| format!(" after {seconds}"))
        .unwrap_or_default();
    if status == 503 {
        let is_of_page = body["state"] == "unavailable";
        assert!(
            is_of_page || body["code"] == "service_unavailable",
            "{body}"
        );
        if let Some(detail) = body["detail"].as_str() {
            assert!(detail.starts_with("Could not "), "{detail}");
            assert!(detail.ends_with(". Try again shortly."), "{detail}");
        }
        return format!("{status}{wait}");
    }
    let word = [&body["code"], &body["state"]]
        .into_iter()
        .find_map(Value::as_str);
    let word = word.map(|word| format!(" {word}")).unwrap_or_default();
    format!("{status}{word}{wait}")
}
