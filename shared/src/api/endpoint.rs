//! What an endpoint is, and what a call of it holds.

use super::error::ApiError;
use super::fields::Fields;
use super::idempotency_key::read_idempotency_key;
use super::route::Method;
use crate::brand::public_url::PublicUrl;
use crate::domain::clock::Timestamp;
use crate::domain::idempotency_key::IdempotencyKey;
use crate::text::locale::Locale;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name in logs.
    pub name: &'static str,
    pub method: Method,
    /// Its path, without stage and trailing slash.
    pub path: &'static str,
    /// Each suffices, and so does [`ANY_SCOPE`](crate::domain::api_key::ANY_SCOPE). The error of a
    /// caller without any names the first.
    pub scopes: &'static [&'static str],
    /// The detail of its 503.
    pub unavailable: &'static str,
}

/// A request whose path, method, key and body are valid.
#[derive(Debug)]
pub struct Call {
    /// The fields of the body, or of the query.
    pub fields: Fields,
    /// The API's address, as the gateway names it. `None`: the event has no address.
    pub public_url: Option<PublicUrl>,
    /// `Accept-Language` of the end user, passed on by the caller. Empty without one.
    pub accept_language: String,
    /// `Idempotency-Key` as it was sent. Only an endpoint that knows the header checks it.
    pub(super) idempotency_key: Option<String>,
    pub now: Timestamp,
}

impl Call {
    /// The preferred language, or `default`.
    #[must_use]
    pub fn locale(&self, default: Locale) -> Locale {
        Locale::preferred(&self.accept_language, default)
    }

    /// The caller's key for this request, if it has one.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, ApiError> {
        let sent = self.idempotency_key.as_deref();
        sent.map(read_idempotency_key).transpose()
    }
}
