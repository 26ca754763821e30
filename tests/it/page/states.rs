//! The page that a mailed link opens, over HTTP and as a browser without a script would use it.
//! What the script does is tested in a browser: `tests/browser`.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::captured_mails::CapturedMail;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::text::locale::Locale;

use crate::support::app::{
    PAGE, REQUEST, TestApp, VERIFY, code_of, error, link_of, proof_of, wrong_code,
};
use crate::support::edge::Break;
use crate::support::http::Answer;
use crate::support::logs;
use crate::support::markup::unescaped;

const FORM: &str = "application/x-www-form-urlencoded";
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn get(app: &TestApp, language: &str) -> Answer {
    let request = app
        .request(Method::GET, PAGE)
        .header("accept", BROWSER)
        .header("accept-language", language);
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Posts the form to the page itself, as a browser does.
async fn submit(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    submit_in(app, "en", PAGE, fields).await
}

/// As a form and a browser's address bar write it.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

async fn submit_in(app: &TestApp, language: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let request = app
        .request(Method::POST, path)
        .header("accept", BROWSER)
        .header("accept-language", language)
        .header("content-type", FORM)
        // A browser keeps the origin of the page to itself, as the page asks it to.
        .header("origin", "null");
    app.send(request.body(Body::from(fields.join("&"))).unwrap())
        .await
}

/// Where the page knows that it is this user's.
fn page_of(uuid: &str) -> String {
    format!("{PAGE}?user={uuid}")
}

/// Posts a code on the page of the user whom `mail` is about.
async fn submit_code(app: &TestApp, mail: &CapturedMail, code: &str) -> Answer {
    submit_code_of(app, &link_of(mail).0, code).await
}

async fn submit_code_of(app: &TestApp, uuid: &str, code: &str) -> Answer {
    submit_in(app, "en", &page_of(uuid), &[("code", code)]).await
}

/// Posts a proof, as the page's script does.
async fn fetch(app: &TestApp, body: &Value) -> Answer {
    let request = app
        .request(Method::POST, PAGE)
        .header("accept", "application/json")
        .header("content-type", "application/json");
    app.send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

/// The heading that a reader without a script sees, without what keeps its words together.
pub fn heading_of(html: &str) -> Option<String> {
    let mut sections = html.split("<section").skip(1);
    let seen = sections.find(|section| !section.split('>').next().unwrap().contains(" hidden"))?;
    let (_, heading) = seen.split_once("<h1")?;
    let heading = heading.split_once('>')?.1.split_once("</h1>")?.0;
    Some(heading.replace('\u{2060}', ""))
}

#[track_caller]
fn assert_page(answer: &Answer, status: u16, heading: &str) {
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

async fn verified_at(app: &TestApp, mail: &CapturedMail) -> Option<AttributeValue> {
    let item = app.item(&format!("user#{}", link_of(mail).0)).await;
    item.unwrap().remove("verified_at")
}

const HEADING: &str = "Verify your email address";
const VERIFIED: &str = "Your email address is verified";
const ALREADY: &str = "Your email address is already verified";
const UNAVAILABLE: &str = "That didn’t work just now";
const TOO_MANY: &str = "Too many attempts";
const MISFIT: &str = "Something went wrong";

/// "The mailed link is `{PublicUrl}/verify_email?user=<uuid>#<token>`."
#[tokio::test]
async fn the_mailed_link_leads_to_the_page_and_its_fragment_is_the_proof() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let link = format!("{}/verify_email?user={uuid}#{token}", app.api_url);
    assert!(
        mail.text
            .as_deref()
            .unwrap()
            .lines()
            .any(|line| line == link)
    );
    assert!(
        mail.html
            .as_deref()
            .unwrap()
            .contains(&format!("href=\"{link}\""))
    );
    assert_page(&get(&app, "en").await, 200, HEADING);
}

/// "Opening it changes nothing."
#[tokio::test]
async fn opening_the_page_verifies_nothing_and_asks_nobody() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let before = app.table().await;
    app.edge.take_calls();
    for method in [Method::GET, Method::HEAD] {
        for path in [
            PAGE.to_owned(),
            format!("{PAGE}/"),
            format!("{PAGE}?uuid={uuid}&token={token}"),
            format!("{PAGE}?user={uuid}&code={}", code_of(&mail)),
            format!("{PAGE}?user={uuid}%23{token}"),
            format!("{PAGE}%3Fuser={uuid}%23{token}"),
            format!("{PAGE}%23{uuid}.{token}"),
        ] {
            let request = app.request(method.clone(), &path);
            let request = request.header("accept", BROWSER);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 200, "{method} {path}");
            assert_eq!(answer.body.is_empty(), method == Method::HEAD, "{path}");
            assert!(!answer.body.contains(&token));
        }
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn the_button_posts_the_proof_and_the_same_again_is_told_as_such() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "Ada@example.org" })).await;
    app.edge.take_calls();
    for state in ["verified", "already_verified", "already_verified"] {
        let expected = json!({ "state": state, "email": "Ada@example.org" });
        let answer = fetch(&app, &proof_of(&mail)).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(
            app.edge.take_calls(),
            ["UpdateItem"],
            "links are not counted"
        );
        app.pass(Duration::from_mins(1));
    }
    let noon = app.now().minus(Duration::from_mins(3));
    let at = verified_at(&app, &mail).await.unwrap();
    assert_eq!(at.as_s().unwrap(), &noon.to_string());
    // The API says the same of it.
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

/// "What people paste is cleaned, in every field."
#[tokio::test]
async fn the_form_verifies_without_a_script_however_the_code_is_pasted() {
    for code in [
        "{}",
        " {} ",
        "\u{2068}{}\u{2069}",
        "\u{feff}{}\u{200e}",
        "12 34",
    ] {
        let app = TestApp::start().await;
        let mail = app.ask(json!({ "email": "ada@example.org" })).await;
        let typed = match code_of(&mail) {
            digits if code == "12 34" => format!("{} - {}", &digits[..3], &digits[3..]),
            digits => code.replace("{}", &digits),
        };
        let answer = submit_code(&app, &mail, &typed).await;
        assert_page(&answer, 200, VERIFIED);
        assert!(
            answer
                .body
                .contains("<bdi>ada@example.org</bdi> is verified.")
        );
        assert!(!answer.body.contains("<form"));
        assert!(verified_at(&app, &mail).await.is_some());
        // Reloading the page posts it again.
        let again = submit_code(&app, &mail, &typed).await;
        assert_page(&again, 200, ALREADY);
        assert!(
            again
                .body
                .contains("<bdi>ada@example.org</bdi> was verified earlier.")
        );
    }
}

#[tokio::test]
async fn a_browser_that_posts_the_form_itself_is_sent_on_to_a_page_that_is_only_read() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let form = format!("code={}", code_of(&mail));
    for (location, heading) in [("?verified#", VERIFIED), ("?already_verified#", ALREADY)] {
        let request = app
            .request(Method::POST, &page_of(&link_of(&mail).0))
            .header("accept", BROWSER)
            .header("content-type", FORM)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.clone()));
        let answer = app.send(request.unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (303, ""));
        assert_eq!(answer.header("location"), Some(location));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let location = location.trim_end_matches('#');
        // Nobody else's link leads there.
        for (site, heading) in [
            ("same-origin", heading),
            ("cross-site", HEADING),
            ("none", HEADING),
        ] {
            let request = app
                .request(Method::GET, &format!("{PAGE}{location}"))
                .header("accept", BROWSER)
                .header("sec-fetch-site", site)
                .body(Body::empty());
            let answer = app.send(request.unwrap()).await;
            assert_page(&answer, 200, heading);
            assert!(!answer.body.contains("ada@example.org"));
        }
        let answer = get_at(&app, &format!("{PAGE}{location}")).await;
        assert_page(&answer, 200, HEADING);
    }
}

async fn get_at(app: &TestApp, path: &str) -> Answer {
    let request = app.request(Method::GET, path).body(Body::empty());
    app.send(request.unwrap()).await
}

async fn get_as_person(app: &TestApp, path: &str) -> Answer {
    let request = app
        .request(Method::GET, path)
        .header("accept", BROWSER)
        .header("accept-language", "en");
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_link_that_is_too_late_is_none_for_whoever_is_verified() {
    let app = TestApp::start().await;
    let first = app.ask(json!({ "email": "ada@example.org" })).await;
    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(fetch(&app, &proof_of(&first)).await.status, 200);
    app.pass(Duration::from_hours(25));
    let expected = json!({ "state": "already_verified", "email": "ada@example.org" });
    for mail in [&first, &second] {
        let answer = fetch(&app, &proof_of(mail)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, expected.clone())
        );
        let answer = app.post(VERIFY, proof_of(mail)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    }
    // Of an address that was left since, nothing is told.
    let uuid = link_of(&first).0;
    app.ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    let answer = fetch(&app, &proof_of(&first)).await;
    assert_eq!(answer.json(), json!({ "state": "invalid" }));
}

/// "With `user` and no token the page asks for the code alone: it knows whose."
#[tokio::test]
async fn the_form_asks_for_the_code_alone() {
    let app = TestApp::start().await;
    // The id is the caller's own, and does not follow from the address.
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let mail = app
        .ask(json!({ "uuid": uuid, "email": "ada@example.org" }))
        .await;
    let page = get_as_person(&app, &page_of(uuid)).await;
    assert_page(&page, 200, HEADING);
    assert!(page.body.contains("Enter the code we emailed you."));
    assert_eq!(page.body.matches("<input").count(), 1);
    let form = format!("<form method=\"post\" action=\"?user={uuid}\">");
    assert!(page.body.contains(&form), "{}", page.body);
    assert_page(
        &submit_code(&app, &mail, &code_of(&mail)).await,
        200,
        VERIFIED,
    );
}

const OPEN_LINK: &str =
    "Open the link in the email, or go back to <bdi>Acme</bdi> and enter the code there.";

/// "Without `user` it says to open the link or to enter the code in the app; it asks for no
/// address, so nobody can ask it about one."
#[tokio::test]
async fn without_a_user_nothing_is_asked() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let before = app.table().await;
    app.edge.take_calls();
    let code = code_of(&mail);
    for path in [
        PAGE.to_owned(),
        format!("{PAGE}?user="),
        format!("{PAGE}?user=ada@example.org"),
        format!("{PAGE}?email=ada@example.org"),
    ] {
        let opened = get_as_person(&app, &path).await;
        assert_page(&opened, 200, HEADING);
        let fields = [("email", "ada@example.org"), ("code", code.as_str())];
        let posted = submit_in(&app, "en", &path, &fields).await;
        assert_page(&posted, 400, HEADING);
        let name = json!({ "email": "ada@example.org", "code": code });
        assert_eq!(
            fetch(&app, &name).await.json(),
            json!({ "state": "user_missing" })
        );
        for page in [opened, posted] {
            assert!(page.body.contains(OPEN_LINK), "{}", page.body);
            // Of the opened one the script may need the form, for a link of before.
            assert!(!page.body.contains("<form method=\"post\" action"));
            assert!(!page.body.contains("ada@example.org"));
        }
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_wrong_code_is_said_at_its_field() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let wrong = wrong_code(&[&mail]);
    let answer = submit_code(&app, &mail, &wrong).await;
    assert_page(&answer, 400, HEADING);
    let error = "This code is incorrect or has expired. Use the one in the latest email.";
    let or = "Or go back to <bdi>Acme</bdi> and request a new one.";
    assert!(
        answer
            .body
            .contains(&format!("id=\"code-error\">{error} {or}<"))
    );
    assert!(answer.body.contains(&format!("<title>{error}")));
    assert!(!answer.body.contains(&wrong));
    assert!(!answer.body.contains("ada@example.org"));
    assert_eq!(answer.body.matches("aria-invalid=\"true\"").count(), 1);
    assert_eq!(answer.body.matches(" autofocus").count(), 1);
    assert!(verified_at(&app, &mail).await.is_none());

    // An unknown user is answered alike.
    let (uuid, nobody) = (link_of(&mail).0, "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99");
    let unknown = submit_code_of(&app, nobody, &wrong).await;
    assert_eq!(unknown.status, 400);
    assert_eq!(unknown.body.replace(nobody, &uuid), answer.body);
}

#[tokio::test]
async fn what_can_be_no_code_costs_nothing() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.take_calls();
    for code in ["", "12345", "1234567", "12345x"] {
        let answer = submit_code(&app, &mail, code).await;
        assert_page(&answer, 400, HEADING);
        let described = "aria-invalid=\"true\" aria-describedby=\"code-error ";
        assert_eq!(answer.body.matches(described).count(), 1, "{code}");
    }
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn what_was_typed_is_text_wherever_it_is_shown() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    for hostile in [
        "\"><script>alert(1)</script>",
        "' autofocus onfocus='alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "\u{0}\u{202e}\u{feff}<b>",
    ] {
        let answer = submit_code(&app, &mail, hostile).await;
        assert_page(&answer, 400, HEADING);
        assert_eq!(answer.body.matches("<script>").count(), 1, "{hostile:?}");
        assert!(!answer.body.contains(hostile));
        let path = format!("{PAGE}?user={}", encoded(hostile));
        let answer = get_as_person(&app, &path).await;
        assert_page(&answer, 200, HEADING);
        assert!(!answer.body.contains(hostile));
    }
}

#[tokio::test]
async fn an_expired_link_says_how_to_get_a_new_mail() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_hours(24));
    let answer = fetch(&app, &proof_of(&mail)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (400, json!({ "state": "expired" }))
    );
    let (uuid, token) = link_of(&mail);
    let answer = submit(&app, &[("uuid", &uuid), ("token", &token)]).await;
    assert_page(&answer, 400, "This link has expired");
    assert!(
        answer
            .body
            .contains("Go back to <bdi>Acme</bdi> and request a new one.")
    );
    // "In every state where the link failed, the page asks for the code alone: it knows whose."
    let form = format!("action=\"?user={uuid}\">\n<h2>Enter the code instead</h2>");
    assert!(answer.body.contains(&form), "{}", answer.body);
}

#[tokio::test]
async fn a_wrong_a_foreign_and_a_malformed_link_are_answered_alike() {
    let app = TestApp::start().await;
    let (uuid, token) = link_of(&*app.ask(json!({ "email": "ada@example.org" })).await);
    let (_, foreign) = link_of(&*app.ask(json!({ "email": "bob@example.org" })).await);
    for (uuid, token) in [
        (uuid.as_str(), foreign.as_str()),
        (&uuid, "malformed"),
        ("malformed", &token),
        ("", &token),
        ("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99", &token),
    ] {
        let answer = fetch(&app, &json!({ "uuid": uuid, "token": token })).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, json!({ "state": "invalid" }))
        );
    }
    let answer = submit(&app, &[("uuid", "x"), ("token", "y")]).await;
    assert_page(&answer, 400, "This link doesn’t work");
    assert!(!answer.body.contains("<form"));
    let answer = submit(&app, &[("uuid", &uuid), ("token", "y")]).await;
    assert_page(&answer, 400, "This link doesn’t work");
    assert!(answer.body.contains(&format!("action=\"?user={uuid}\"")));
}

#[tokio::test]
async fn too_many_codes_for_one_user_are_told_when_to_try_again_and_the_link_still_works() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let wrong = wrong_code(&[&mail]);
    for _ in 0..5 {
        assert_eq!(submit_code(&app, &mail, &wrong).await.status, 400);
    }
    app.pass(Duration::from_secs(61));
    let answer = submit_code(&app, &mail, &code_of(&mail)).await;
    assert_page(&answer, 429, TOO_MANY);
    assert_eq!(answer.header("retry-after"), Some("1739"));
    assert!(
        answer.body.contains("Try again in 29 minutes."),
        "{}",
        answer.body
    );
    assert!(
        answer
            .body
            .contains("You can still use the link in the email.")
    );
    let body = json!({ "uuid": link_of(&mail).0, "code": code_of(&mail) });
    let answer = fetch(&app, &body).await;
    let expected = json!({ "state": "too_many_attempts", "retry_after": 1739 });
    assert_eq!((answer.status.as_u16(), answer.json()), (429, expected));
    assert_eq!(fetch(&app, &proof_of(&mail)).await.status, 200);
}

/// An event of a client at this address that tries a code, and says of itself what it likes.
fn attempt(source_ip: &str, number: u32) -> String {
    let event = include_str!("../../../events/verification_page/form_wrong_code.json");
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["requestContext"]["http"]["sourceIp"] = json!(source_ip);
    event["headers"]["x-forwarded-for"] = json!(format!("198.51.100.{number}"));
    event["headers"]["forwarded"] = json!(format!("for=198.51.100.{number}"));
    let user = format!("0198c5a4-7d1e-7c3b-9a52-{number:012x}");
    event["rawQueryString"] = json!(format!("user={user}"));
    event["body"] = json!(STANDARD.encode("code=000000"));
    event.to_string()
}

/// "Codes tried on the page count against the page's budget of the uuid, and 30 in 5 minutes for
/// each client address."
#[tokio::test]
async fn a_client_may_try_30_codes_in_5_minutes_on_however_many_users() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let attempt = async |source_ip: &str, number: u32| {
        let event = attempt(source_ip, number);
        let answer = app.functions.verification_page.invoke(&event).await;
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        (
            answer["statusCode"].as_u64().unwrap(),
            answer["headers"]["retry-after"].clone(),
        )
    };
    for number in 0..30 {
        assert_eq!(attempt("203.0.113.7", number).await.0, 400, "{number}");
    }
    app.pass(Duration::from_mins(1));
    let before = app.table().await;
    assert_eq!(attempt("203.0.113.7", 30).await, (429, json!("240")));
    assert_eq!(app.table().await, before, "a refusal costs no user a guess");
    assert_eq!(
        attempt("203.0.113.8", 31).await.0,
        400,
        "another client may"
    );
    // Links are no guesses.
    for _ in 0..31 {
        assert_eq!(fetch(&app, &proof_of(&mail)).await.status, 200);
    }
    app.pass(Duration::from_mins(4));
    assert_eq!(attempt("203.0.113.7", 32).await.0, 400);
}

/// "30 in 5 minutes for each client address": the window slides.
#[tokio::test]
async fn no_five_minutes_have_31_codes_of_a_client() {
    let app = TestApp::start().await;
    let status = async |number: u32| {
        let event = attempt("203.0.113.7", number);
        let answer = app.functions.verification_page.invoke(&event).await;
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        answer["statusCode"].as_u64().unwrap()
    };
    assert_eq!(status(0).await, 400);
    app.pass(Duration::from_secs(299));
    for number in 1..30 {
        assert_eq!(status(number).await, 400, "{number}");
    }
    app.pass(Duration::from_secs(1));
    assert_eq!(status(30).await, 400, "the first one has left the window");
    assert_eq!(status(31).await, 429);
}

/// "For each client address (IPv4 or IPv6 /64)", in either format of an event.
#[tokio::test]
async fn a_network_of_ipv6_is_one_client() {
    let app = TestApp::start().await;
    let status = async |rest_api: bool, source_ip: &str, number: u32| {
        let event = if rest_api {
            let event = include_str!("../../../events/verification_page/form_code_rest_api.json");
            let mut event: Value = serde_json::from_str(event).unwrap();
            event["requestContext"]["identity"]["sourceIp"] = json!(source_ip);
            let user = format!("0198c5a4-7d1e-7c3b-9a52-{number:012x}");
            event["body"] = json!(format!("uuid={user}&code=000000"));
            event["isBase64Encoded"] = json!(false);
            event.to_string()
        } else {
            attempt(source_ip, number)
        };
        let answer = app.functions.verification_page.invoke(&event).await;
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        answer["statusCode"].as_u64().unwrap()
    };
    for number in 0..15 {
        let (one, other) = (
            format!("2001:db8:1:2::{number:x}"),
            format!("2001:db8:1:2:ffff::{number:x}"),
        );
        assert_eq!(status(false, &one, number).await, 400);
        assert_eq!(status(true, &other, 100 + number).await, 400);
    }
    for rest_api in [false, true] {
        assert_eq!(status(rest_api, "2001:db8:1:2:3:4:5:6", 200).await, 429);
        assert_eq!(status(rest_api, "2001:db8:1:3::1", 201).await, 400);
    }
}

#[tokio::test]
async fn when_aws_cannot_serve_nothing_is_lost_and_what_was_typed_is_kept() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.break_always(Break::InternalServerError);
    let answer = fetch(&app, &proof_of(&mail)).await;
    let expected = json!({ "state": "unavailable", "retry_after": 5 });
    assert_eq!((answer.status.as_u16(), answer.json()), (503, expected));
    let code = code_of(&mail);
    let answer = submit_code(&app, &mail, &code).await;
    assert_page(&answer, 503, UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(answer.body.contains(&format!("value=\"{code}\"")));
    assert!(
        answer
            .body
            .contains("<button><span class=\"idle\">Try again<")
    );
    assert_page(&get(&app, "en").await, 200, HEADING);
    app.edge.mend();
    assert_page(&submit_code(&app, &mail, &code).await, 200, VERIFIED);
}

#[tokio::test]
async fn an_item_that_nobody_can_read_is_no_reason_to_try_again() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let user = format!("user#{}", link_of(&mail).0);
    app.set(&user, "email", AttributeValue::S("broken".to_owned()))
        .await;
    let answer = fetch(&app, &proof_of(&mail)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (500, json!({ "state": "unavailable" }))
    );
    assert_eq!(answer.header("retry-after"), None);
}

#[tokio::test]
async fn requests_that_are_none_of_the_pages_get_a_page_too() {
    let app = TestApp::start().await;
    let send = async |method: Method, path: &str, media_type: &str, body: Body| {
        let request = app
            .request(method, path)
            .header("accept", BROWSER)
            .header("content-type", media_type);
        app.send(request.body(body).unwrap()).await
    };
    let too_long = format!("code={}", "1".repeat(4_096));
    for (method, path, media_type, body, status) in [
        (Method::PUT, PAGE, FORM, "", 405),
        (Method::DELETE, PAGE, FORM, "", 405),
        (Method::OPTIONS, PAGE, FORM, "", 405),
        (Method::GET, "/verify_email/more", FORM, "", 404),
        (Method::POST, "/verify_email//", FORM, "", 404),
        (Method::POST, PAGE, FORM, too_long.as_str(), 413),
        (Method::POST, PAGE, "text/plain", "code=123456", 415),
        (
            Method::POST,
            PAGE,
            "multipart/form-data; boundary=x",
            "--x--",
            415,
        ),
        (Method::POST, PAGE, "", "", 415),
        (Method::POST, PAGE, "application/json", "", 400),
        (Method::POST, PAGE, "application/json", "{\"uuid\":{}}", 400),
        (
            Method::POST,
            PAGE,
            "application/json; charset=utf-8",
            "null",
            400,
        ),
    ] {
        let answer = send(
            method.clone(),
            path,
            media_type,
            Body::from(body.to_owned()),
        )
        .await;
        assert_page(&answer, status, MISFIT);
        let allow = (status == 405).then_some("GET, HEAD, POST");
        assert_eq!(answer.header("allow"), allow, "{method}");
    }
    let nested = format!("{{\"token\":{}1{}}}", "[".repeat(2_000), "]".repeat(2_000));
    for body in [
        nested.as_bytes(),
        b"\xff\xfe",
        b"{\"token\":\"\\ud800\"}",
        b"\0",
    ] {
        let body = Body::from(body.to_vec());
        assert_page(
            &send(Method::POST, PAGE, "application/json", body).await,
            400,
            MISFIT,
        );
    }
    for body in [&b"\xff=\xff&code=\xff"[..], b"%", b"&&&==&%zz", b"\0"] {
        let body = Body::from(body.to_vec());
        assert_page(&send(Method::POST, PAGE, FORM, body).await, 400, HEADING);
    }
}

/// "A person (`Accept: text/html`) who reaches any unknown path gets a page, never JSON."
#[tokio::test]
async fn unknown_paths_answer_people_in_html() {
    let app = TestApp::start().await;
    for path in ["/", "/nothing", "/verify_email/more", "/api", "/api/users"] {
        for method in [Method::GET, Method::POST] {
            let request = app.request(method, path).header("accept", BROWSER);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            assert_page(&answer, 404, MISFIT);
            assert!(answer.body.contains(OPEN_LINK));
        }
        for accept in ["*/*", "application/json"] {
            let request = app.request(Method::GET, path).header("accept", accept);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            let not_found = error("invalid_request", "not_found", "Endpoint not found.", None);
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (404, not_found),
                "{path}"
            );
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
}

/// "A person who reaches any unknown path gets a page, never JSON", also below an endpoint's path.
#[tokio::test]
async fn paths_below_an_endpoint_are_html_for_people() {
    let app = TestApp::start().await;
    for path in [format!("{REQUEST}/x"), format!("{VERIFY}/x/y")] {
        let request = app.request(Method::GET, &path).header("accept", BROWSER);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        let media_type = answer.header("content-type");
        assert_eq!(answer.status, 404);
        assert_eq!(media_type, Some("text/html; charset=utf-8"));
        assert!(answer.body.contains("open the link in the email again"));
    }
}

/// What a link becomes whose `#` or `?` was encoded on its way. The page's script finds the rest:
/// `tests/browser`.
#[tokio::test]
async fn a_damaged_link_is_still_the_page() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    for (path, page) in [
        (format!("{PAGE}?user={uuid}%23{token}"), ""),
        (format!("{PAGE}?user=3D{uuid}"), ""),
        (format!("{PAGE}/?user={uuid}"), ""),
        (format!("{PAGE}%3Fuser={uuid}%23{token}"), "verify_email"),
        (
            format!("{PAGE}%253Fuser%253D{uuid}%2523{token}"),
            "verify_email",
        ),
        (format!("{PAGE}%23{uuid}.{token}"), "verify_email"),
        (format!("{PAGE}/%23{uuid}.{token}"), "../verify_email"),
    ] {
        let answer = get_as_person(&app, &path).await;
        assert_page(&answer, 200, HEADING);
        let form = format!("<form method=\"post\" action=\"{page}?user={uuid}\">");
        assert!(answer.body.contains(&form), "{path}\n{}", answer.body);
        assert!(!answer.body.contains(&token));
    }
    assert!(verified_at(&app, &mail).await.is_none());
}

/// Whatever a gateway passes on as path and query gets a page, and asks nobody.
#[test]
fn no_link_breaks_the_page() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::start());
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "/verify_email",
            "/",
            "?",
            "#",
            "%23",
            "%2523",
            "user",
            "=",
            "3D",
            "&",
            "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let text = || proptest::collection::vec(piece.clone(), 0..8).prop_map(|pieces| pieces.concat());
    let config = Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    app.edge.take_calls();
    TestRunner::new(config)
        .run(&(text(), text()), |(path, query)| {
            let event = include_str!("../../../events/verification_page/open.json");
            let mut event: Value = serde_json::from_str(event).unwrap();
            event["rawPath"] = json!(path);
            event["rawQueryString"] = json!(query);
            let function = &app.functions.verification_page;
            let answer = runtime.block_on(function.invoke(&event.to_string()));
            let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
            let body = answer["body"].as_str().unwrap();
            prop_assert!([200, 404].map(Value::from).contains(&answer["statusCode"]));
            prop_assert!(heading_of(body).is_some());
            prop_assert_eq!(body.matches("<script").count(), 1);
            Ok(())
        })
        .unwrap();
    assert!(app.edge.take_calls().is_empty());
}

/// "Cross-site posts of a code refused (`Sec-Fetch-Site`)."
#[tokio::test]
async fn another_sites_posts_change_nothing() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let before = app.table().await;
    app.edge.take_calls();
    let path = page_of(&link_of(&mail).0);
    let (code, wrong) = (code_of(&mail), wrong_code(&[&mail]));
    let post = async |site: &str, media_type: &str, accept: &str, body: String| {
        let request = app
            .request(Method::POST, &path)
            .header("accept", accept)
            .header("content-type", media_type)
            .header("sec-fetch-site", site);
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    let json = "application/json";
    for site in ["cross-site", "same-site", "same-origin,cross-site", "", "?"] {
        for code in [&code, &wrong] {
            let answer = post(site, FORM, BROWSER, format!("code={code}")).await;
            assert_page(&answer, 403, MISFIT);
        }
        let answer = post(site, json, json, proof_of(&mail).to_string()).await;
        let expected = json!({ "state": "cross_site" });
        assert_eq!((answer.status.as_u16(), answer.json()), (403, expected));
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
    // What the page itself sends, and what a person does without one, such as a reload.
    let answer = post("same-origin", FORM, BROWSER, format!("code={wrong}")).await;
    assert_page(&answer, 400, HEADING);
    let answer = post("none", FORM, BROWSER, format!("code={code}")).await;
    assert_page(&answer, 200, VERIFIED);
}

/// The elements of this name: what stands between their tags.
fn inline<'html>(html: &'html str, name: &str) -> Vec<&'html str> {
    let (opening, closing) = (format!("<{name}>"), format!("</{name}>"));
    let parts = html.split(opening.as_str()).skip(1);
    parts
        .map(|part| part.split(closing.as_str()).next().unwrap())
        .collect()
}

/// "`Strict-Transport-Security`, a CSP by digests, no third party."
#[tokio::test]
async fn every_page_carries_the_marks_that_keep_it_safe() {
    let app = TestApp::start_with(&[("ACCENT_COLOR", "#7a1fa2")]).await;
    let request = app.request(Method::DELETE, PAGE).body(Body::empty());
    for answer in [
        get(&app, "en").await,
        submit(&app, &[]).await,
        app.send(request.unwrap()).await,
    ] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-robots-tag", "noindex"),
            ("strict-transport-security", "max-age=63072000"),
            ("content-language", "en"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        assert!(!answer.header("x-request-id").unwrap().is_empty());
        assert!(
            answer
                .headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control"))
        );

        let [script] = inline(&answer.body, "script")[..] else {
            panic!("one script")
        };
        let [style] = inline(&answer.body, "style")[..] else {
            panic!("one style")
        };
        assert!(style.contains("#7a1fa2"));
        let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            digest(script),
            digest(style)
        );
        assert_eq!(
            answer.header("content-security-policy"),
            Some(policy.as_str())
        );
        // What the policy would not let run, or load.
        for forbidden in [
            " style=",
            " onclick=",
            "javascript:",
            " src=",
            "url(",
            "@import",
            "innerHTML",
        ] {
            assert!(!answer.body.contains(forbidden), "{forbidden}");
        }
    }
    let answer = fetch(&app, &json!({})).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn every_language_is_whole_small_and_written_in_its_own_direction() {
    let app = TestApp::start_with(&[
        ("PRODUCT_NAME", "Acme & \"Söhne\" <i>"),
        ("SUPPORT_ADDRESS", "help@acme.example"),
        ("APP_URL", "https://app.acme.example/welcome?a=1&b=2"),
    ])
    .await;
    for locale in Locale::ALL {
        let open = get(&app, locale.tag()).await;
        let language = format!(
            "<html lang=\"{}\" dir=\"{}\">",
            locale.tag(),
            locale.direction()
        );
        assert!(open.body.contains(&language), "{}", open.body);
        assert_eq!(open.header("content-language"), Some(locale.tag()));
        assert!(
            open.body.len() < 20_000,
            "{locale:?}: {} bytes",
            open.body.len()
        );
        let script = inline(&open.body, "script")[0];
        let style = inline(&open.body, "style")[0];
        let text = open.body.replace(script, "").replace(style, "");
        assert!(!text.contains(['{', '}']), "{locale:?}: a place is left");
        assert!(!text.contains("<i>"), "a name is text");
        assert!(text.contains("<bdi>Acme &#38; &#34;Söhne&#34; &#60;i&#62;</bdi>"));
        assert!(text.contains("href=\"https://app.acme.example/welcome?a=1&#38;b=2\""));
        assert!(text.contains("href=\"mailto:help@acme.example\"><bdi>help@acme.example</bdi>"));
        for section in [
            "ready",
            "form",
            "verified",
            "expired",
            "invalid",
            "unavailable",
        ] {
            let opening = format!("<section id=\"{section}\"");
            assert_eq!(text.matches(&opening).count(), 1, "{locale:?} {section}");
        }
        assert!(text.contains("autocomplete=\"one-time-code\""));
        assert!(text.contains("inputmode=\"numeric\""));
    }
}

#[tokio::test]
async fn the_reader_gets_their_language_or_the_default_one() {
    let app = TestApp::start_with(&[("DEFAULT_LOCALE", "nl")]).await;
    for (wishes, heading) in [
        ("de-AT, en;q=0.5", "Ihre E-Mail-Adresse bestätigen"),
        ("ar", "تأكيد عنوان البريد الإلكتروني"),
        ("pt", "Confirme seu endereço de e-mail"),
        ("sv", "Bevestig je e-mailadres"),
        ("", "Bevestig je e-mailadres"),
    ] {
        assert_page(&get(&app, wishes).await, 200, heading);
    }
}

#[tokio::test]
async fn there_is_a_way_on_where_the_adopter_names_one() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let code = code_of(&mail);
    let without = submit_code(&app, &mail, &code).await;
    assert!(without.body.contains("You can close this page now."));
    assert!(!without.body.contains("Continue to"));
    let functions = app.restarted_with(&[("APP_URL", "https://app.acme.example/welcome")]);
    let event = include_str!("../../../events/verification_page/form_code.json");
    let answer = functions.verification_page.invoke(event).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let body = answer["body"].as_str().unwrap();
    let link = "<a class=\"button\" href=\"https://app.acme.example/welcome\">Continue to <bdi>Acme</bdi></a>";
    assert!(body.contains(link), "{body}");
}

/// "The server logs neither query nor path."
#[tokio::test]
async fn no_path_and_no_query_is_logged() {
    let app = TestApp::start().await;
    let token = "a-token-that-a-damaged-link-told-the-server";
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c96";
    for path in [
        format!("{PAGE}?user={uuid}%23{token}"),
        format!("{PAGE}%3Fuser={uuid}%23{token}"),
        format!("{PAGE}%23{uuid}.{token}"),
        format!("{PAGE}/{uuid}/{token}"),
        format!("/{token}?token={token}"),
    ] {
        let answer = get_as_person(&app, &path).await;
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert_eq!(lines.len(), 1, "{path}");
    }
    assert!(!logs::all().contains(token));
}

#[tokio::test]
async fn each_request_is_one_log_line_without_a_secret() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "page.keeper@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let code = code_of(&mail);
    let wrong = wrong_code(&[&mail]);
    let answers = [
        ("open", 200, get(&app, "en").await),
        ("code_wrong", 400, submit_code(&app, &mail, &wrong).await),
        ("verified", 200, submit_code(&app, &mail, &code).await),
        ("already_verified", 200, fetch(&app, &proof_of(&mail)).await),
        (
            "invalid",
            400,
            fetch(&app, &json!({ "uuid": uuid, "token": "x" })).await,
        ),
    ];
    for (outcome, status, answer) in answers {
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert_eq!(lines.len(), 1, "{outcome}: {lines:?}");
        let line = &lines[0];
        assert_eq!(
            (&line["outcome"], &line["status"]),
            (&json!(outcome), &json!(status))
        );
        assert_eq!(line["span"]["route"], "verification_page");
        if outcome.ends_with("verified") {
            assert_eq!(line["span"]["user"], json!(uuid));
            assert_eq!(line["span"]["address"], "p***@e***.org");
        }
    }
    let logged = logs::all();
    for secret in [token.as_str(), "page.keeper@"] {
        assert!(!logged.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_link_begins_with_what_the_gateway_says_of_itself_and_nothing_that_a_client_says() {
    let app = TestApp::start().await;
    let functions = app.restarted_with(&[("PUBLIC_URL", "")]);
    let http_api = include_str!("../../../events/request_email_verification/http_api.json");
    let rest_api = include_str!("../../../events/request_email_verification/rest_api.json");
    let domain = "abcdef1234.execute-api.eu-central-1.amazonaws.com";
    let mut number = 0;
    let mut link = async |file: &str, change: &dyn Fn(&mut Value)| {
        let mut event: Value = serde_json::from_str(file).unwrap();
        for headers in ["headers", "multiValueHeaders"] {
            for name in [
                "host",
                "Host",
                "x-forwarded-host",
                "forwarded",
                "origin",
                "x-forwarded-proto",
            ] {
                let evil = json!("evil.example");
                event[headers][name] = if headers == "headers" {
                    evil
                } else {
                    json!([evil])
                };
            }
        }
        number += 1;
        event["body"] = json!(format!("{{\"email\":\"ada{number}@example.org\"}}"));
        event["isBase64Encoded"] = json!(false);
        change(&mut event);
        let mails = app.sent.len();
        let answer = functions
            .request_email_verification
            .invoke(&event.to_string())
            .await;
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        if app.sent.len() == mails {
            return answer["statusCode"].to_string();
        }
        let text = app.newest_mail().text.clone().unwrap();
        let link = text.lines().find(|line| line.starts_with("http")).unwrap();
        link.split('?').next().unwrap().to_owned()
    };
    assert_eq!(
        link(http_api, &|_| ()).await,
        format!("https://{domain}/verify_email")
    );
    let in_stage = |event: &mut Value| {
        event["requestContext"]["stage"] = json!("prod");
        event["rawPath"] = json!(format!("/prod{REQUEST}"));
    };
    assert_eq!(
        link(http_api, &in_stage).await,
        format!("https://{domain}/prod/verify_email")
    );
    let below_base_path = |event: &mut Value| {
        event["requestContext"]["domainName"] = json!("mail.example.com");
        event["rawPath"] = json!(format!("/auth/v1{REQUEST}/"));
    };
    let custom = "https://mail.example.com/auth/v1/verify_email";
    assert_eq!(link(http_api, &below_base_path).await, custom);
    let rest = |event: &mut Value| {
        event["requestContext"]["domainName"] = json!(domain);
        event["requestContext"]["path"] = json!(format!("/prod{REQUEST}"));
        event["requestContext"]["stage"] = json!("prod");
    };
    assert_eq!(
        link(rest_api, &rest).await,
        format!("https://{domain}/prod/verify_email")
    );
    // What names nothing that a person could open is not guessed at: nothing is mailed or counted.
    let before = app.table().await;
    for odd in [
        json!(null),
        json!("localhost"),
        json!("a b"),
        json!("evil.example/x#"),
        json!("1.2.3.4"),
    ] {
        let change = |event: &mut Value| event["requestContext"]["domainName"] = odd.clone();
        assert_eq!(link(http_api, &change).await, "500", "{odd}");
    }
    assert_eq!(app.table().await, before);
}

/// The words of a page, a line for each piece of text.
fn words(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let body = body.split_once("<script>").unwrap().0;
    let mut words = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let text = unescaped(text.trim());
        // What is set apart in a text, such as an address, goes on in it.
        let goes_on = ["bdi", "/bdi", "/a"].contains(&tag) || tag.starts_with("a ");
        if text.is_empty() {
            continue;
        }
        if goes_on && !words.is_empty() {
            words.push(' ');
        } else {
            words.push('\n');
        }
        words.push_str(&text);
    }
    words.replace('\u{2060}', "").trim_start().to_owned()
}

#[tokio::test]
async fn what_the_page_says_in_each_language_is_what_was_written() {
    let app = TestApp::start().await;
    let languages = Locale::ALL.map(Locale::tag);
    let mut pages: Vec<String> = Vec::new();
    for language in languages {
        // Every state that the script may have to show, and what only a form is told.
        let mut page = words(&get(&app, language).await.body);
        let user = page_of("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99");
        for (name, code) in [("a code that is none", "12"), ("a wrong code", "123456")] {
            // Each language has a client of its own, or else the thirtieth would be one too many.
            app.pass(Duration::from_mins(30));
            let answer = submit_in(&app, language, &user, &[("code", code)]).await;
            let error = answer.body.split_once("class=\"error\"").unwrap().1;
            let error = error.split_once("</p>").unwrap().0;
            let error = words(&format!("<body><p {error}</p><script>"));
            page.extend(["\n\n", name, ":\n", &error]);
        }
        let request = app
            .request(Method::GET, &format!("{PAGE}/more"))
            .header("accept", BROWSER)
            .header("accept-language", language)
            .body(Body::empty());
        let misfit = words(&app.send(request.unwrap()).await.body);
        page.extend(["\n\na page that is none:\n", &misfit]);
        insta::assert_snapshot!(format!("page_{language}"), page);
        pages.push(page);
    }
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(
        pages.len(),
        languages.len(),
        "no language says what another one does"
    );
}

#[tokio::test]
async fn a_code_that_nobody_can_have_typed_is_not_shown_again() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.break_always(Break::InternalServerError);
    let code = code_of(&mail);
    for (spaces, is_kept) in [(26, true), (27, false)] {
        let typed = format!("{}{}{}", &code[..3], " ".repeat(spaces), &code[3..]);
        let answer = submit_code(&app, &mail, &typed).await;
        assert_page(&answer, 503, UNAVAILABLE);
        let shown = answer.body.contains(&format!("value=\"{typed}\""));
        assert_eq!(shown, is_kept, "{spaces}");
    }
}
