//! The form for a code.

use axum::body::Body;
use axum::http::Method;
use local::edge::Fault;
use serde_json::json;

use super::support::{
    ALREADY, BROWSER, FORM, HEADING, OPEN_LINK, UNAVAILABLE, VERIFIED, assert_page, encoded, fetch,
    get, get_as_person, get_at, page_of, submit_code, submit_code_of, submit_in, verified_at,
};
use crate::support::app::{PAGE, TestApp};
use crate::support::mail::{code_of, link_of, proof_of, wrong_code};

/// `?user=<uuid>` names the user of the code.
#[tokio::test]
async fn the_form_asks_for_the_code_alone() {
    let app = TestApp::start().await;
    // The id is the caller's own and does not derive from the address.
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

#[tokio::test]
async fn a_pasted_code_is_cleaned() {
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
async fn a_post_of_a_browser_redirects() {
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
        // A link from elsewhere does not lead there.
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

/// The page has no field for an address, so it reveals nothing about one.
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
            // The script may need the form of the opened page, for a link of an earlier release.
            assert!(!page.body.contains("<form method=\"post\" action"));
            assert!(!page.body.contains("ada@example.org"));
        }
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_wrong_code_has_its_error() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let wrong = wrong_code(&[&mail]);
    let answer = submit_code(&app, &mail, &wrong).await;
    assert_page(&answer, 400, HEADING);
    let error = "This code is incorrect or has expired. Use the one in the latest email.";
    let or = "<span>Or go back to <bdi>Acme</bdi> and request a new one.</span>";
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

    // An unknown user gets the same answer.
    let (uuid, nobody) = (link_of(&mail).0, "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99");
    let unknown = submit_code_of(&app, nobody, &wrong).await;
    assert_eq!(unknown.status, 400);
    assert_eq!(unknown.body.replace(nobody, &uuid), answer.body);
}

#[tokio::test]
async fn a_malformed_code_costs_nothing() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.take_calls();
    for code in ["", "12345", "1234567", "12345x"] {
        let answer = submit_code(&app, &mail, code).await;
        assert_page(&answer, 400, HEADING);
        let described = "aria-invalid=\"true\" aria-describedby=\"code-error\"";
        assert_eq!(answer.body.matches(described).count(), 1, "{code}");
    }
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn typed_text_is_escaped() {
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
async fn an_endless_code_is_not_shown_again() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.always(Fault::Error);
    let code = code_of(&mail);
    for (spaces, is_kept) in [(26, true), (27, false)] {
        let typed = format!("{}{}{}", &code[..3], " ".repeat(spaces), &code[3..]);
        let answer = submit_code(&app, &mail, &typed).await;
        assert_page(&answer, 503, UNAVAILABLE);
        let shown = answer.body.contains(&format!("value=\"{typed}\""));
        assert_eq!(shown, is_kept, "{spaces}");
    }
}

#[tokio::test]
async fn an_outage_keeps_the_typed_code() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.always(Fault::Error);
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
    app.edge.clear();
    assert_page(&submit_code(&app, &mail, &code).await, 200, VERIFIED);
}
