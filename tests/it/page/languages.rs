//! What the page says, in every language.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use shared::text::locale::Locale;

use super::support::{BROWSER, assert_page, get, inline, page_of, submit_in};
use crate::support::app::{PAGE, TestApp};
use crate::support::markup::unescaped;

#[tokio::test]
async fn every_language_is_whole_and_small() {
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
            open.body.len() < 29_000,
            "{locale:?}: {} bytes",
            open.body.len()
        );
        let script = inline(&open.body, "script")[0];
        let style = inline(&open.body, "style")[0];
        let text = open.body.replace(script, "").replace(style, "");
        assert!(
            !text.contains(['{', '}']),
            "{locale:?}: a placeholder is left"
        );
        assert!(!text.contains("<i>"), "a name is text");
        assert!(text.contains("<bdi>Acme &#38; &#34;Söhne&#34; &#60;i&#62;</bdi>"));
        assert!(text.contains("href=\"https://app.acme.example/welcome?a=1&#38;b=2\""));
        assert!(text.contains("href=\"mailto:help@acme.example\"><bdi>help@acme.example</bdi>"));
        for section in [
            "ready",
            "form",
            "verified",
            "expired",
            "mailed",
            "throttled",
            "no_mail",
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
async fn the_page_is_in_the_wanted_language() {
    let app = TestApp::start_with(&[("DEFAULT_LOCALE", "nl")]).await;
    for (wishes, heading) in [
        ("de-AT, en;q=0.5", "Ihre E-Mail-Adresse bestätigen"),
        ("ar", "تأكيد عنوان البريد الإلكتروني"),
        ("pt", "Confirme seu endereço de e-mail"),
        ("la", "Bevestig je e-mailadres"),
        ("", "Bevestig je e-mailadres"),
    ] {
        assert_page(&get(&app, wishes).await, 200, heading);
    }
}

/// The words of a page, a line for each piece of text.
fn words(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let body = body.split_once("<script>").unwrap().0;
    let mut words = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let text = unescaped(text.trim());
        // An isolated value, such as an address, is part of the text around it.
        let is_inline = ["bdi", "/bdi", "/a"].contains(&tag) || tag.starts_with("a ");
        if text.is_empty() {
            continue;
        }
        if is_inline && !words.is_empty() {
            words.push(' ');
        } else {
            words.push('\n');
        }
        words.push_str(&text);
    }
    words.replace('\u{2060}', "").trim_start().to_owned()
}

#[tokio::test]
async fn each_page_is_as_approved() {
    let app = TestApp::start().await;
    for language in Locale::ALL.map(Locale::tag) {
        // Every state that the script may show, and what only the form shows.
        let mut page = words(&get(&app, language).await.body);
        let user = page_of("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99");
        for (name, code) in [("a malformed code", "12"), ("a wrong code", "123456")] {
            // All languages are one client, whose codes are limited.
            app.pass(Duration::from_mins(30));
            let answer = submit_in(&app, language, &user, &[("code", code)]).await;
            let error = answer.body.split_once("class=\"error\"").unwrap().1;
            let error = error.split_once("</p>").unwrap().0;
            let error = words(&format!("<body><p {error}</p><script>"));
            page.extend(["\n\n", name, ":\n", &error]);
        }
        for (name, method, path) in [
            ("an unknown path", Method::GET, format!("{PAGE}/more")),
            ("a bad request", Method::PUT, PAGE.to_owned()),
        ] {
            let request = app
                .request(method, &path)
                .header("accept", BROWSER)
                .header("accept-language", language)
                .body(Body::empty());
            let refused = words(&app.send(request.unwrap()).await.body);
            page.extend(["\n\n", name, ":\n", &refused]);
        }
        insta::assert_snapshot!(format!("page_{language}"), page);
    }
}
