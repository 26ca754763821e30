//! How to provoke each documented error.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http;
use local::edge::Fault;
use local::fixtures::{ADA, API_KEY, API_KEY_WITHOUT_SCOPE, GRACE, PendingUser};
use local::stack::TABLE;
use serde_json::{Value, json};
use shared::api::{Endpoint, Method};

use crate::api::parameters::NOBODY;
use crate::support::app::{REQUEST, TestApp, VERIFY, suppression};
use crate::support::http::{Answer, authorized};

/// Provokes a documented error of an endpoint, by its status and its name.
pub async fn provoke(app: &TestApp, endpoint: &Endpoint, status: &str, name: &str) -> Answer {
    let path = endpoint.path;
    if endpoint.method == Method::Get {
        return provoke_on_get(app, path, status, name).await;
    }
    if let Some(body) = bad_body(name) {
        return app.post_text(path, body).await;
    }
    if let Some((field, value)) = bad_field(name) {
        let mut body = good_body(path);
        body[field] = value;
        return app.post(path, body).await;
    }
    match path {
        REQUEST => provoke_on_request(app, name).await,
        _ => provoke_on_verify(app, name).await,
    }
}

fn good_body(path: &str) -> Value {
    match path {
        REQUEST => json!({ "email": "katherine@example.com" }),
        _ => link_of(ADA),
    }
}

fn link_of(user: PendingUser) -> Value {
    json!({ "uuid": user.uuid, "token": user.token().encode() })
}

fn bad_body(name: &str) -> Option<Vec<u8>> {
    let body = match name {
        "empty_body" => Vec::new(),
        "broken_json" => br#"{"email":"#.to_vec(),
        "form_encoded" => b"email=ada%40example.com".to_vec(),
        "not_utf8" => vec![0xff],
        "byte_order_mark" => b"\xef\xbb\xbf{}".to_vec(),
        "not_an_object" => b"[]".to_vec(),
        "no_user" => b"{}".to_vec(),
        "request_too_large" => vec![b' '; 65_537],
        _ => return None,
    };
    Some(body)
}

fn bad_field(name: &str) -> Option<(&'static str, Value)> {
    let field = match name {
        "not_a_string" => ("email", json!(["ada@example.com"])),
        "null_value" => ("first_name", json!(null)),
        "blank" => ("email", json!(" ")),
        "too_long" => ("first_name", json!("x".repeat(151))),
        "null_character" => ("first_name", json!("A\u{0}da")),
        "control_character" => ("first_name", json!("Ada\nLovelace")),
        "invisible_character" => ("first_name", json!("A\u{200b}da")),
        "angle_bracket" => ("first_name", json!("<b>Ada</b>")),
        "url" => ("first_name", json!("evil.com")),
        "not_an_address" => ("email", json!("ada")),
        "not_a_dictionary" => ("notification_settings", json!("all")),
        "not_a_boolean" => ("is_staff", json!("perhaps")),
        "not_a_choice" => ("theme_mode", json!("sepia")),
        "not_a_uuid" => ("uuid", json!("42")),
        _ => return None,
    };
    Some(field)
}

/// The errors that both endpoints answer alike, for any fields.
async fn provoke_anywhere(app: &TestApp, path: &str, name: &str) -> Answer {
    let (mut method, mut path, mut body) = (http::Method::POST, path.to_owned(), good_body(path));
    let (mut key, mut media_type) = (None, "application/json");
    match name {
        "not_authenticated" => {}
        "bad_key_in_header" => key = Some("evk_wrong"),
        "bad_key_in_body" => body["personal_api_key"] = json!("evk_wrong"),
        "bad_key_in_query" => path.push_str("?personal_api_key=evk_wrong"),
        "permission_denied" => key = Some(API_KEY_WITHOUT_SCOPE),
        "not_reachable" => {
            let behind_a_proxy = [("ORIGIN_SECRET", "only-the-proxy-knows-this")];
            let app = TestApp::start_with(&behind_a_proxy).await;
            return app.post(&path, body).await;
        }
        "not_found" => path.push_str("/more"),
        "no_such_user" => return app.post(&path, json!({ "uuid": NOBODY })).await,
        "method_not_allowed" => method = http::Method::GET,
        "unsupported_media_type" => {
            key = Some(API_KEY);
            media_type = "text/plain";
        }
        "unforeseen" => {
            let pk = format!("user#{}", GRACE.uuid);
            put(app, &pk, &[("version", AttributeValue::Bool(true))]).await;
            return app
                .post(&path, json!({ "uuid": GRACE.uuid, "code": GRACE.code }))
                .await;
        }
        other => panic!("{} of a POST: add how to provoke {other}", file!()),
    }
    let mut request = app
        .request(method, &path)
        .header("content-type", media_type);
    if let Some(key) = key {
        request = authorized(request, key);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

async fn provoke_on_request(app: &TestApp, name: &str) -> Answer {
    let mut body = good_body(REQUEST);
    match name {
        "url_not_allowed" => {
            body["return_to"] = json!("https://evil.example");
            app.post(REQUEST, body).await
        }
        "invalid_idempotency_key" => app.post_keyed("two words", body).await,
        "already_verified" => {
            app.post(VERIFY, link_of(ADA)).await;
            app.post(REQUEST, json!({ "uuid": ADA.uuid })).await
        }
        "email_domain_not_allowed" => {
            let body = json!({ "email": "katherine@denied.example" });
            app.post(REQUEST, body).await
        }
        "email_address_suppressed" => {
            let suppressed = [
                ("version", AttributeValue::N("1".to_owned())),
                ("mails", AttributeValue::M([].into())),
                ("suppression", suppression("katherine@example.com")),
            ];
            put(app, "address#katherine@example.com", &suppressed).await;
            app.post(REQUEST, body).await
        }
        "throttled" | "throttled_for_a_second" => {
            for _ in 0..6 {
                app.ask(body.clone()).await;
            }
            if name == "throttled_for_a_second" {
                app.pass(Duration::from_hours(24) - Duration::from_secs(1));
            }
            app.post(REQUEST, body).await
        }
        "could_not_send" => {
            app.ses_faults.always(Fault::Unavailable);
            app.post(REQUEST, body).await
        }
        other => provoke_anywhere(app, REQUEST, other).await,
    }
}

async fn provoke_on_verify(app: &TestApp, name: &str) -> Answer {
    let code = |code: &str| json!({ "uuid": ADA.uuid, "code": code });
    let body = match name {
        "no_proof" => json!({ "uuid": ADA.uuid }),
        "not_a_code" => code("12345"),
        "invalid_token" => json!({ "uuid": ADA.uuid, "token": GRACE.token().encode() }),
        "expired_token" => link_of(GRACE),
        "invalid_code" => code("000000"),
        "too_many_attempts" => {
            for _ in 0..5 {
                app.post(VERIFY, code("000000")).await;
            }
            code(ADA.code)
        }
        "expired_code" => {
            app.pass(Duration::from_mins(31));
            code(ADA.code)
        }
        "codes_locked" => {
            let hundred = AttributeValue::N("100".to_owned());
            let user = format!("user#{}", ADA.uuid);
            app.set(&user, "wrong_codes", hundred).await;
            code(ADA.code)
        }
        "could_not_check" => {
            app.edge.always(Fault::Error);
            link_of(ADA)
        }
        other => return provoke_anywhere(app, VERIFY, other).await,
    };
    app.post(VERIFY, body).await
}

/// The errors of all endpoints that show a user. A parameter of one of them adds an arm.
async fn provoke_on_get(app: &TestApp, path: &str, status: &str, name: &str) -> Answer {
    let (mut method, mut key) = (http::Method::GET, Some(API_KEY));
    let mut query = format!("?uuid={}", ADA.uuid);
    let email = |email: &str| format!("?email={email}");
    match name {
        "neither_uuid_nor_email" => query.clear(),
        "not_a_uuid" => query = String::from("?uuid=42"),
        "not_an_address" => query = email("ada"),
        "blank" => query = email(""),
        "long_address" => query = email(&"x".repeat(255)),
        "null_character_in_address" => query = email("ada%00@example.com"),
        "no_such_user" => query = format!("?uuid={NOBODY}"),
        "not_found" => query = String::from("/more"),
        "bad_key_in_query" => {
            key = None;
            query.push_str("&personal_api_key=evk_wrong");
        }
        "not_authenticated" => key = None,
        "bad_key_in_header" => key = Some("evk_wrong"),
        "permission_denied_to_read" => key = Some(API_KEY_WITHOUT_SCOPE),
        "not_reachable" => {
            let behind_a_proxy = [("ORIGIN_SECRET", "only-the-proxy-knows-this")];
            let app = TestApp::start_with(&behind_a_proxy).await;
            return app.get(&format!("{path}{query}")).await;
        }
        "post_not_allowed" => method = http::Method::POST,
        "unforeseen" => {
            let pk = format!("user#{}", ADA.uuid);
            put(app, &pk, &[("version", AttributeValue::Bool(true))]).await;
        }
        // Each endpoint has an example with its own text.
        _ if status == "503" => app.edge.always(Fault::Error),
        other => panic!("{} of a GET: add how to provoke {other}", file!()),
    }
    let mut request = app.request(method, &format!("{path}{query}"));
    if let Some(key) = key {
        request = authorized(request, key);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Replaces an item.
async fn put(app: &TestApp, pk: &str, attributes: &[(&str, AttributeValue)]) {
    let mut put = app
        .client
        .put_item()
        .table_name(TABLE)
        .item("pk", AttributeValue::S(pk.to_owned()));
    for (name, value) in attributes {
        put = put.item(*name, value.clone());
    }
    put.send().await.unwrap();
}
