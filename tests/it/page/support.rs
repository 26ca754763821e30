//! The page over HTTP, as a browser without a script would use it.

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::Method;
use local::captured_mails::CapturedMail;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::app::{PAGE, TestApp};
use crate::support::http::Answer;
use crate::support::mail::{link_of, proof_of};

pub const FORM: &str = "application/x-www-form-urlencoded";

pub const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

pub async fn get(app: &TestApp, language: &str) -> Answer {
    let request = app
        .request(Method::GET, PAGE)
        .header("accept", BROWSER)
        .header("accept-language", language);
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Posts the form to the page itself, as a browser does.
pub async fn submit(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    submit_in(app, "en", PAGE, fields).await
}

/// Percent-encoded, as in forms and URLs.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

pub async fn submit_in(
    app: &TestApp,
    language: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let request = app
        .request(Method::POST, path)
        .header("accept", BROWSER)
        .header("accept-language", language)
        .header("content-type", FORM)
        // `Referrer-Policy: no-referrer` makes browsers send this.
        .header("origin", "null");
    app.send(request.body(Body::from(fields.join("&"))).unwrap())
        .await
}

/// The page of this user.
pub fn page_of(uuid: &str) -> String {
    format!("{PAGE}?user={uuid}")
}

/// Posts a code on the page of the user whom `mail` is about.
pub async fn submit_code(app: &TestApp, mail: &CapturedMail, code: &str) -> Answer {
    submit_code_of(app, &link_of(mail).0, code).await
}

pub async fn submit_code_of(app: &TestApp, uuid: &str, code: &str) -> Answer {
    submit_in(app, "en", &page_of(uuid), &[("code", code)]).await
}

/// Posts a proof, as the page's script does.
pub async fn fetch(app: &TestApp, body: &Value) -> Answer {
    let request = app
        .request(Method::POST, PAGE)
        .header("accept", "application/json")
        .header("content-type", "application/json");
    app.send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

/// Stops mail to the address of this mail (`stop`) or allows it again (`allow`), as the script
/// does.
pub async fn press(app: &TestApp, mail: &CapturedMail, action: &str) -> Answer {
    let mut body = proof_of(mail);
    body["action"] = json!(action);
    fetch(app, &body).await
}

/// The heading that is visible without a script, without word joiners.
pub fn heading_of(html: &str) -> Option<String> {
    let mut sections = html.split("<section").skip(1);
    let seen = sections.find(|section| !section.split('>').next().unwrap().contains(" hidden"))?;
    let (_, heading) = seen.split_once("<h1")?;
    let heading = heading.split_once('>')?.1.split_once("</h1>")?.0;
    Some(heading.replace('\u{2060}', "").replace('\u{a0}', " "))
}

#[track_caller]
pub fn assert_page(answer: &Answer, status: u16, heading: &str) {
    assert_eq!(
        (answer.status.as_u16(), heading_of(&answer.body).as_deref()),
        (status, Some(heading)),
        "{}",
        answer.body
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
}

pub async fn verified_at(app: &TestApp, mail: &CapturedMail) -> Option<AttributeValue> {
    let item = app.item(&format!("user#{}", link_of(mail).0)).await;
    item.unwrap().remove("verified_at")
}

pub const HEADING: &str = "Verify your email address";

pub const VERIFIED: &str = "Your email address is verified";

pub const ALREADY: &str = "Your email address is already verified";

pub const UNAVAILABLE: &str = "That didn’t work just now";

pub const TOO_MANY: &str = "Too many attempts";

pub const NO_LINK: &str = "This link doesn’t work";

pub const BAD_REQUEST: &str = "Something went wrong";

pub async fn get_at(app: &TestApp, path: &str) -> Answer {
    let request = app.request(Method::GET, path).body(Body::empty());
    app.send(request.unwrap()).await
}

pub async fn get_as_person(app: &TestApp, path: &str) -> Answer {
    let request = app
        .request(Method::GET, path)
        .header("accept", BROWSER)
        .header("accept-language", "en");
    app.send(request.body(Body::empty()).unwrap()).await
}

pub const OPEN_LINK: &str =
    "Open the link in the email, or go back to <bdi>Acme</bdi> and enter the code there.";

/// The contents of all elements of this name.
pub fn inline<'html>(html: &'html str, name: &str) -> Vec<&'html str> {
    let (opening, closing) = (format!("<{name}>"), format!("</{name}>"));
    let parts = html.split(opening.as_str()).skip(1);
    parts
        .map(|part| part.split(closing.as_str()).next().unwrap())
        .collect()
}
