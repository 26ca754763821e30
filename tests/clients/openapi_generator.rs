//! The Rust client of openapi-generator, called. What it answers is typed: a member that is not
//! described does not compile.

use std::env;
use std::time::Duration;

use mailproof::apis::Error;
use mailproof::apis::configuration::Configuration;
use mailproof::apis::verification_api::{
    RequestEmailVerificationError, email_verification_status, request_email_verification,
    verify_email,
};
use mailproof::models::delivery::State;
use mailproof::models::verification_request_error::Code;
use mailproof::models::{
    FieldName, RequestedVerification, Status, Verification, VerificationRequest,
};
use uuid::Uuid;

const PREFER: Option<&str> = Some("return=representation");

fn configuration(key: String) -> Configuration {
    Configuration {
        base_path: env::var("MAILPROOF_URL").unwrap(),
        bearer_access_token: Some(key),
        ..Configuration::default()
    }
}

fn new_address() -> String {
    format!("{}@example.com", Uuid::new_v4())
}

/// The code of the newest email to an address.
async fn newest_code(address: &str) -> String {
    let inbox = env::var("MAILPROOF_INBOX").unwrap();
    let url = format!("{inbox}/api/v1/message/latest?query=to:%22{address}%22");
    let mail = reqwest::get(url).await.unwrap().text().await.unwrap();
    let mail: serde_json::Value = serde_json::from_str(&mail).unwrap();
    let mut lines = mail["Text"].as_str().unwrap().lines();
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    lines.find(is_code).unwrap().to_owned()
}

/// The status, once SES's report of the newest email is on record.
async fn reported_status(client: &Configuration, uuid: &str) -> Status {
    for _ in 0..500 {
        let found = email_verification_status(client, Some(uuid), None)
            .await
            .unwrap();
        let delivery = found.delivery.as_ref();
        if delivery.is_some_and(|delivery| delivery.state != State::Sent) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("SES did not report");
}

/// A request that is refused: its status and its error.
async fn refusal(key: &Configuration, request: VerificationRequest) -> (u16, Refused) {
    match request_email_verification(key, request, PREFER, None).await {
        Err(Error::ResponseError(answer)) => (answer.status.as_u16(), answer.entity.unwrap()),
        other => panic!("not refused: {other:?}"),
    }
}

type Refused = RequestEmailVerificationError;

fn request() -> VerificationRequest {
    VerificationRequest {
        email: Some(new_address()),
        ..VerificationRequest::new()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = configuration(env::var("MAILPROOF_KEY").unwrap());
    verify(&client).await;
    refuse(&client).await;
    println!("openapi-generator, Rust: success, 400, 401 and 429");
}

async fn verify(client: &Configuration) {
    // A request leaves out what is not set: an explicit null would be refused.
    let request = VerificationRequest {
        first_name: Some("Ada".to_owned()),
        ..request()
    };
    let email = request.email.clone().unwrap();
    let requested: RequestedVerification = request_email_verification(client, request, PREFER, None)
        .await
        .unwrap();
    assert_eq!(requested.email, email);

    // A null is sent where the description accepts one.
    let uuid = requested.uuid.to_string();
    let proof = Verification {
        uuid: Some(uuid.clone()),
        code: Some(Some(newest_code(&email).await)),
        token: Some(None),
        ..Verification::new()
    };
    let verified = verify_email(client, proof, PREFER).await.unwrap();
    assert_eq!(verified.email, email);
    assert!(verified.verified_at < requested.expires_at);

    let found = reported_status(client, &uuid).await;
    assert_eq!(found.verified_at, Some(verified.verified_at));
    assert_eq!(found.delivery.unwrap().state, State::Delivered);
    assert_eq!(found.suppressed, None);
}

async fn refuse(client: &Configuration) {
    let name = VerificationRequest {
        first_name: Some("evil.com".to_owned()),
        ..request()
    };
    let (status, error) = refusal(client, name).await;
    let Refused::Status400(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!((status, error.code), (400, Code::InvalidUrl));
    assert_eq!(error.attr, Some(FieldName::FirstName));

    let (status, error) = refusal(&configuration("evk_wrong".to_owned()), request()).await;
    assert!(matches!(error, Refused::Status401(_)), "{error:?}");
    assert_eq!(status, 401);

    let busy = request();
    for _ in 0..6 {
        request_email_verification(client, busy.clone(), PREFER, None)
            .await
            .unwrap();
    }
    let (status, error) = refusal(client, busy).await;
    assert!(matches!(error, Refused::Status429(_)), "{error:?}");
    assert_eq!(status, 429);
}
