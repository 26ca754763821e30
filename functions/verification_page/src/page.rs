//! The page as HTML, and its answers as JSON for its own script.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::header::{
    ALLOW, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_FRAME_OPTIONS,
};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::api::{Outcome, accept_language, accepts};
use shared::brand::Brand;
use shared::brand::web_url::WebUrl;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::runtime::settings::{self, Environment, SettingError};
use shared::text::html;
use shared::text::locale::Locale;
use shared::text::template::{self, Value};

use crate::state::State;
use crate::texts::{self, Texts};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Keeps words together in texts. Left out of titles, by which people search their history.
const WORD_JOINER: char = '\u{2060}';

/// Longest code that the form shows again, in characters.
const MAX_ECHOED_CODE: usize = 32;

/// Two years, as the preload list requires. Without subdomains, as other services may run there.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// The form for a code.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// The page's path relative to the one that was opened. Empty: the same.
    pub(crate) page: String,
    /// The user whose code it asks for. Without a user the page has no form.
    pub(crate) user: Option<UserId>,
    /// The code as it was typed.
    pub(crate) code: String,
}

impl Form {
    /// It is posted to the page of its user.
    fn action(&self) -> Option<String> {
        let user = self.user?;
        Some(format!("{}?user={user}", self.page))
    }
}

/// The parts that all pages share.
#[derive(Debug)]
pub(crate) struct Page {
    brand: Brand,
    /// `APP_URL`: the link on the page after a verification.
    app_url: Option<WebUrl>,
    style: String,
    policy: HeaderValue,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Html<'a> {
    locale: Locale,
    texts: &'a Texts,
    product: &'a str,
    app_url: Option<&'a str>,
    support: Option<&'a str>,
    style: &'a str,
    script: &'a str,
    title: &'a str,
    show: Show,
    /// The verified address, if there is one.
    address: &'a str,
    /// When to try again, in words. Empty: a retry does not help.
    wait: &'a str,
    /// Where the form is posted. `None`: the user is unknown.
    action: Option<&'a str>,
    code: &'a str,
}

impl Html<'_> {
    /// A text of the page as HTML.
    fn fill(&self, text: &str) -> html::Html {
        let values = [
            ("address", Value::Untrusted(self.address)),
            ("product", Value::Untrusted(self.product)),
            ("support", Value::MailLink(self.support.unwrap_or_default())),
        ];
        template::html(text, &values, self.locale.language())
    }

    fn fill_both(&self, first: &str, second: &str) -> html::Html {
        self.fill(&texts::join(first, second))
    }
}

/// Which parts a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    /// As it is opened, with a hidden section for each state that the script may show.
    Open,
    Verified,
    AlreadyVerified,
    Expired,
    Invalid,
    TooMany,
    NotFound,
    BadRequest,
    UserMissing,
    /// The form again, with the error.
    CodeMalformed,
    CodeWrong,
    CodeExpired,
    Unavailable,
}

impl Show {
    fn of(state: &State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Verified { .. } | State::Done { already: false } => Self::Verified,
            State::AlreadyVerified { .. } | State::Done { already: true } => Self::AlreadyVerified,
            State::Expired => Self::Expired,
            State::Invalid => Self::Invalid,
            State::UserMissing => Self::UserMissing,
            State::CodeMalformed => Self::CodeMalformed,
            State::CodeWrong => Self::CodeWrong,
            State::CodeExpired => Self::CodeExpired,
            State::TooManyAttempts { .. } | State::CodesLocked => Self::TooMany,
            State::Unavailable { .. } => Self::Unavailable,
            State::NotFound => Self::NotFound,
            State::CrossSite
            | State::NotReachable
            | State::MethodNotAllowed
            | State::TooLarge
            | State::UnsupportedMediaType
            | State::Malformed => Self::BadRequest,
        }
    }

    /// The title: a screen reader says it first, and the browser's history shows it.
    fn title(self, texts: &Texts) -> &'static str {
        match self {
            Self::Open | Self::UserMissing => texts.heading,
            Self::Verified => texts.verified_heading,
            Self::AlreadyVerified => texts.already_heading,
            Self::Expired => texts.expired_heading,
            Self::Invalid => texts.invalid_heading,
            Self::TooMany => texts.too_many_heading,
            Self::NotFound | Self::BadRequest => texts.bad_request_heading,
            Self::CodeMalformed => texts.code_malformed,
            Self::CodeWrong => texts.code_wrong,
            Self::CodeExpired => texts.code_expired,
            Self::Unavailable => texts.unavailable_heading,
        }
    }

    fn is_open(self) -> bool {
        self == Self::Open
    }

    /// Whether a section is part of the page, visible or not.
    fn has(self, section: Self) -> bool {
        self == section || self.is_open()
    }

    /// Whether the form is the main part of the page.
    fn is_form(self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::CodeMalformed
                | Self::CodeWrong
                | Self::CodeExpired
                | Self::Unavailable
        )
    }

    /// Whether the page asks for the code if it knows the user: also after a link that failed.
    fn has_form(self) -> bool {
        self.is_form() || matches!(self, Self::Expired | Self::Invalid)
    }

    fn code_is_wrong(self) -> bool {
        matches!(
            self,
            Self::CodeMalformed | Self::CodeWrong | Self::CodeExpired
        )
    }
}

/// The answer for the page's script.
#[derive(Serialize)]
struct Json<'a> {
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl Page {
    pub(crate) fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        const NAME: &str = "APP_URL";
        let brand = settings::brand::brand(environment)?;
        let app_url = environment.optional(NAME);
        let app_url = app_url
            .map(|text| WebUrl::parse(&text).map_err(|problem| SettingError::new(NAME, problem)))
            .transpose()?;
        let style = format!(
            ":root{{--accent:{};--accent-on-dark:{}}}\n{STYLE}",
            brand.accent, brand.accent_on_dark
        );
        // It consists of visible ASCII.
        let policy = HeaderValue::from_str(&policy(&style)).map_err(|_| {
            SettingError::new("ACCENT_COLOR", "must make a Content-Security-Policy")
        })?;
        Ok(Self {
            brand,
            app_url,
            style,
            policy,
        })
    }

    /// The answer to `request`: JSON for the script, HTML for people.
    pub(crate) fn answer(&self, request: &Request, state: State, form: &Form) -> Outcome {
        let (response, failure) = if wants_json(request.headers()) {
            (json(&state), None)
        } else {
            let accept_language = accept_language(request.headers());
            let locale = Locale::preferred(&accept_language, self.brand.default_locale);
            let (html, failure) = match self.html(locale, &state, form) {
                Ok(html) => (html, None),
                Err(error) => (String::new(), Some(error.into())),
            };
            (self.page(html, locale), failure)
        };
        let mut response = if *request.method() == Method::HEAD {
            response.map(|_| Body::Empty)
        } else {
            response
        };
        *response.status_mut() = state.status();
        // A location without a fragment inherits the one of the form, which may be a token.
        if let Some(query) = state.next(request.headers())
            && let Ok(location) = HeaderValue::from_str(&format!("?{query}#"))
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

    fn html(&self, locale: Locale, state: &State, form: &Form) -> askama::Result<String> {
        let texts = texts::of(locale);
        let show = Show::of(state);
        let wait = match state {
            State::TooManyAttempts { retry_after } => {
                texts.too_many_attempts(retry_after.div_ceil(60).max(1))
            }
            _ => String::new(),
        };
        let address = state.address().unwrap_or_default();
        // A code that was not compared is shown again. A wrong one is not.
        let code = if show == Show::Unavailable {
            echo(&form.code)
        } else {
            ""
        };
        Html {
            locale,
            texts,
            product: &self.brand.product,
            app_url: self.app_url.as_ref().map(WebUrl::as_str),
            support: self.brand.support.as_ref().map(EmailAddress::deliverable),
            style: &self.style,
            script: SCRIPT,
            title: &show.title(texts).replace(WORD_JOINER, ""),
            show,
            address,
            wait: &wait,
            action: form.action().as_deref(),
            code,
        }
        .render()
    }

    fn page(&self, html: String, locale: Locale) -> Response<Body> {
        let mut response = Response::new(Body::Text(html));
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
        response
    }
}

/// The page loads nothing. Script and style are named by their digests, so an injected one does not
/// run.
fn policy(style: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        digest(SCRIPT),
        digest(style)
    )
}

/// Only the page's script asks for JSON.
fn wants_json(headers: &HeaderMap) -> bool {
    accepts(headers, "application/json")
}

/// Browsers ask for HTML; most programs do not.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    accepts(headers, "text/html")
}

fn json(state: &State) -> Response<Body> {
    let body = Json {
        state: state.name(),
        email: state.address(),
        retry_after: state.retry_after(),
    };
    // Two texts and a number always serialise.
    let body = serde_json::to_string(&body).unwrap_or_default();
    let mut response = Response::new(Body::Text(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The code as it was typed. Blank if it is too long to be typed by a person.
fn echo(code: &str) -> &str {
    if code.chars().count() <= MAX_ECHOED_CODE {
        code.trim()
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(state: &State) -> String {
        let environment = Environment::from_pairs(&[("PRODUCT_NAME", "Acme")]);
        let page = Page::from_environment(&environment).unwrap();
        let form = Form {
            user: UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
            ..Form::default()
        };
        page.html(Locale::En, state, &form).unwrap()
    }

    #[test]
    fn an_expired_code_is_reported_at_its_field() {
        let html = html(&State::CodeExpired);
        let error = "id=\"code-error\">This code has expired. Use the one in the latest email. \
                     Or go back to <bdi>Acme</bdi> and request a new one.<";
        assert!(html.contains(error), "{html}");
        assert!(html.contains("<title>This code has expired."));
        assert!(html.contains("aria-invalid=\"true\""));
    }

    #[test]
    fn locked_codes_leave_the_link() {
        let html = html(&State::CodesLocked);
        assert!(html.contains("Too many attempts</h1>"));
        assert!(html.contains("You can still use the link in the email."));
        assert!(!html.contains("<a href"));
        assert_eq!(State::CodesLocked.retry_after(), None);
    }
}
