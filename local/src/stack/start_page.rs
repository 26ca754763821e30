//! The page at the root of the API, which says what runs here and how to call it.

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::response::{self, IntoResponse, Response};
use axum::routing::any;
use lambda_http::tower::ServiceExt;
use shared::api::accepts;
use shared::domain::api_key::ApiKeySecret;
use shared::text::html::Html;

use super::backing::Backing;
use super::first_mail::USER;
use super::listener::Listener;
use crate::inbox::{Hosts, is_known_host};
use crate::program;

const PAGE: &str = include_str!("start_page.html");
/// In place of the API key. A shell fills it in, between double quotes alone.
const KEY_VARIABLE: &str = "$MAILPROOF_KEY";

/// Style and script are inline. The page sends no request.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
     img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Clone, Debug)]
pub(super) struct StartPage {
    html: String,
    hosts: Hosts,
}

impl StartPage {
    /// The page has the API key only if no other machine reaches it. The inbox there has it, too.
    pub(super) fn new(api: &Listener, backing: &Backing, api_key: &ApiKeySecret) -> Self {
        let (api_url, hosts) = (api.url(), api.hosts());
        let (key, note) = match hosts {
            Hosts::Loopback => (api_key.expose_secret(), "hidden"),
            Hosts::Any => (KEY_VARIABLE, ""),
        };
        let html = [
            ("{{ note }}", note),
            ("{{ api }}", &*api_url),
            ("{{ inbox }}", &*backing.inbox_url),
            ("{{ dynamodb }}", &*backing.dynamodb_url),
            ("{{ key }}", key),
            ("{{ user }}", USER),
            ("{{ program }}", program::name()),
        ]
        .into_iter()
        .fold(PAGE.to_owned(), |page, (placeholder, text)| {
            page.replace(placeholder, &Html::of_text(text).to_string())
        });
        Self { html, hosts }
    }

    /// Answers `GET /` of a browser with the page, and everything else with the gateway.
    pub(super) fn in_front_of(self, gateway: Router) -> Router {
        let behind = gateway.clone();
        let open = async move |request: Request| {
            if self.is_for(&request) {
                self.answer()
            } else {
                behind.oneshot(request).await.into_response()
            }
        };
        gateway.route("/", any(open))
    }

    /// A page of another site cannot read it: its host name would be foreign (DNS rebinding).
    fn is_for(&self, request: &Request) -> bool {
        [Method::GET, Method::HEAD].contains(request.method())
            && accepts(request.headers(), "text/html")
            && is_known_host(self.hosts, request.headers())
    }

    fn answer(&self) -> Response {
        let headers = [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, response::Html(self.html.clone())).into_response()
    }
}
