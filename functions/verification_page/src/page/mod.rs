//! The page as HTML, and its answers as JSON for its own script.

mod html;
pub(crate) mod preview;
mod view;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::header::{
    ALLOW, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_FRAME_OPTIONS,
};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};
use sha2::{Digest, Sha256};
use shared::api::{HSTS, Outcome, StateAnswer, accept_language, accepts};
use shared::brand::Brand;
use shared::brand::return_origins::{ReturnOrigins, next_parameter};
use shared::brand::web_url::WebUrl;
use shared::domain::invalid_setting::InvalidSetting;
use shared::domain::mail_content::MailContent;
use shared::domain::user_id::UserId;
use shared::runtime::settings::{self, Environment, SettingError};
use shared::telemetry::Source;
use shared::text::locale::Locale;

use crate::link_next::next_of;
use crate::state::State;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The form for a code.
#[derive(Default)]
pub(crate) struct Form {
    /// The page's path relative to the one that was opened. Empty: the same.
    pub(crate) page: String,
    /// The user whose code it asks for. Without a user the page has no form.
    pub(crate) user: Option<UserId>,
    /// Where the page leads after a verification, if not to `APP_URL`.
    pub(crate) next: Option<WebUrl>,
    /// The code as it was typed.
    pub(crate) code: String,
}

impl Form {
    /// It is posted to the page of its user.
    fn action(&self) -> Option<String> {
        let user = self.user?;
        Some(format!("{}?user={user}{}", self.page, self.and_next()))
    }

    /// The part of a query that keeps `next`.
    fn and_next(&self) -> String {
        let next = self.next.as_ref().map(next_parameter);
        next.map_or_else(String::new, |next| format!("&{next}"))
    }
}

/// The parts that all pages share.
#[derive(Debug)]
pub(crate) struct Page {
    brand: Brand,
    /// `MAIL_CONTENT`: the page asks for a code only if mails have one.
    content: MailContent,
    /// `APP_URL`: the link on the page after a verification.
    app_url: Option<WebUrl>,
    /// `RETURN_ORIGINS`: the origins of other such links.
    return_origins: ReturnOrigins,
    style: String,
    script: String,
    policy: HeaderValue,
}

impl Page {
    pub(crate) fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        let brand = settings::brand::brand(environment)?;
        let content = settings::proofs::mail_content(environment)?;
        let app_url = settings::network::app_url(environment)?;
        let return_origins = settings::network::return_origins(environment)?;
        let style = format!(
            ":root{{--accent:{};--accent-on-dark:{}}}\n{}",
            brand.accent,
            brand.accent_on_dark,
            without_spaces(&without_comments(STYLE))
        );
        let script = without_comments(SCRIPT);
        // It consists of visible ASCII.
        let policy = HeaderValue::from_str(&policy(&style, &script)).map_err(|error| {
            let problem = "must make a Content-Security-Policy";
            SettingError::new("ACCENT_COLOR", InvalidSetting::caused_by(problem, error))
        })?;
        Ok(Self {
            brand,
            content,
            app_url,
            return_origins,
            style,
            script,
            policy,
        })
    }

    /// Where the opened link leads after a verification. Anybody can write a link, so its target is
    /// checked as strictly as in a request.
    pub(crate) fn next_of(&self, request: &Request) -> Option<WebUrl> {
        self.return_origins.admit(&next_of(request)?)
    }

    /// The answer to `request`: JSON for the script, HTML for people.
    pub(crate) fn answer(&self, request: &Request, state: State, form: &Form) -> Outcome {
        let rendered = if wants_json(request.headers()) {
            json(&state)
        } else {
            self.page(request.headers(), &state, form)
        };
        let (response, failure) = match rendered {
            Ok(response) => (response, None),
            Err(error) => (Response::new(Body::Empty), Some(error)),
        };
        let mut response = if *request.method() == Method::HEAD {
            response.map(|_| Body::Empty)
        } else {
            response
        };
        *response.status_mut() = state.status();
        // A location without a fragment inherits the one of the form, which may be a token.
        if let Some(query) = state.next(request.headers())
            && let Ok(location) = HeaderValue::from_str(&format!("?{query}{}#", form.and_next()))
        {
            *response.body_mut() = Body::Empty;
            *response.status_mut() = StatusCode::SEE_OTHER;
            response.headers_mut().insert(LOCATION, location);
        }
        let headers = response.headers_mut();
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
        if let Some(seconds) = state.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(state, State::MethodNotAllowed) {
            headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
        }
        Outcome {
            response,
            code: state.name(),
            source: match state {
                State::Unavailable { source, .. } => Some(source),
                _ => failure,
            },
        }
    }

    fn page(
        &self,
        headers: &HeaderMap,
        state: &State,
        form: &Form,
    ) -> Result<Response<Body>, Source> {
        let locale = Locale::preferred(&accept_language(headers), self.brand.default_locale);
        let mut response = Response::new(Body::Text(self.html(locale, state, form)?));
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        for (name, value) in [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_LANGUAGE, locale.tag()),
            (REFERRER_POLICY, "no-referrer"),
            (X_FRAME_OPTIONS, "DENY"),
            // A program that opened the page in a new window cannot control it.
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
            (HeaderName::from_static("x-robots-tag"), "noindex"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    }
}

/// The page loads nothing. Script and style are named by their digests, so an injected one does not
/// run.
fn policy(style: &str, script: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        digest(script),
        digest(style)
    )
}

/// Lines without comments and indentation, which are a fifth of the page. A comment has its own
/// lines, and no text continues on the next one.
fn without_comments(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    let code = lines.filter(|line| !line.starts_with("//") && !line.starts_with("/*"));
    code.collect::<Vec<_>>().join("\n")
}

/// No string of the styles has such spaces, and each line ends with a mark.
fn without_spaces(styles: &str) -> String {
    let styles = styles.replace('\n', "").replace(": ", ":");
    let styles = styles.replace(", ", ",").replace(" {", "{");
    styles.replace("; ", ";").replace(";}", "}")
}

/// Only the page's script asks for JSON.
fn wants_json(headers: &HeaderMap) -> bool {
    accepts(headers, "application/json")
}

/// Browsers ask for HTML; most programs do not.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    accepts(headers, "text/html")
}

fn json(state: &State) -> Result<Response<Body>, Source> {
    let answer = StateAnswer {
        state: state.name(),
        email: state.address(),
        retry_after: state.retry_after(),
    };
    Ok(answer.response()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_spaces_are_left_out() {
        let source = "// One.\n/* Two. */\n  a {\n    b: c, d; // e\n    /* Three. */\n  }\n";
        assert_eq!(without_comments(source), "a {\nb: c, d; // e\n}");
        assert_eq!(
            without_spaces("a, b {\nc: d, e;\nf: g; h: i;\n}"),
            "a,b{c:d,e;f:g;h:i}"
        );
    }
}
