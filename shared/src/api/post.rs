//! A post from the page: which site sent it, and its body.

use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::http::{HeaderMap, StatusCode};
use lambda_http::{Body, Request};
use serde::de::DeserializeOwned;

/// Longest body in bytes: a few times the longest proof.
const MAX_BODY_LENGTH: usize = 4 * 1024;

/// Where a request comes from, in the browser's words (W3C, Fetch Metadata).
const SEC_FETCH_SITE: &str = "sec-fetch-site";
const SAME_ORIGIN: &str = "same-origin";

/// Whether a page of another site sent the request. Programs and old browsers do not send the
/// header. They are accepted, since the rate limits apply to every client. `none` means that the
/// user started the request, for example by a reload.
#[must_use]
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
    sites.any(|site| site != SAME_ORIGIN && site != "none")
}

/// Whether the browser says that a page of this very site sent the request.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let site = headers.get(SEC_FETCH_SITE);
    site.is_some_and(|site| site == SAME_ORIGIN)
}

/// A body of a length that the page accepts.
pub struct Post<'request> {
    pub body: &'request [u8],
    /// In lower case, without parameters. Empty without a `Content-Type`.
    pub media_type: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostError {
    /// The body is longer than any proof.
    TooLarge,
    UnsupportedMediaType,
    /// The body is not what its type says.
    Malformed,
}

impl PostError {
    /// Its name, for the script and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "request_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Malformed => "malformed",
        }
    }

    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed => StatusCode::BAD_REQUEST,
        }
    }
}

impl<'request> Post<'request> {
    pub fn of(request: &'request Request) -> Result<Self, PostError> {
        let body = match request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if body.len() > MAX_BODY_LENGTH {
            return Err(PostError::TooLarge);
        }
        let media_type = request.headers().get(CONTENT_TYPE);
        let media_type = media_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let essence = media_type.as_deref().unwrap_or_default().split(';').next();
        Ok(Self {
            body,
            media_type: essence.unwrap_or_default().trim().to_ascii_lowercase(),
        })
    }

    /// The fields that the page's script sends.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PostError> {
        if self.media_type != "application/json" {
            return Err(PostError::UnsupportedMediaType);
        }
        // The parser's error may quote the token.
        serde_json::from_slice(self.body).map_err(|_| PostError::Malformed)
    }
}
