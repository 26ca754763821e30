//! Who calls: personal API keys, looked up once a minute at most.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lambda_http::http::header::AUTHORIZATION;
use lambda_http::{Request, RequestExt};
use serde_json::value::RawValue;

use super::error::ApiError;
use crate::api::fields::Fields;
use crate::domain::api_key::{ANY_SCOPE, ApiKey, ApiKeyDigest, ApiKeySecret};
use crate::domain::clock::Timestamp;
use crate::store::{Store, StoreError};
use crate::telemetry;

/// A key that was found is cached this long, so a revoked one stops working within a minute.
const CACHE_LIFETIME: Duration = Duration::from_secs(50);
/// Keys that are cached; a caller has one or two.
const MAX_CACHED: usize = 32;

/// Checks keys against the store and caches those on record.
#[derive(Debug)]
pub(super) struct Authentication {
    store: Store,
    cached: Mutex<Vec<CachedKey>>,
}

#[derive(Debug)]
struct CachedKey {
    digest: ApiKeyDigest,
    key: ApiKey,
    found_at: Timestamp,
}

pub(super) enum Denied {
    Refused(ApiError),
    Store(StoreError),
}

impl Authentication {
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            cached: Mutex::default(),
        }
    }

    /// `fields` are those of the body, if it could be read.
    pub(super) async fn check(
        &self,
        request: &Request,
        fields: Option<&Fields>,
        scopes: &[&'static str],
        now: Timestamp,
    ) -> Result<(), Denied> {
        let Some((secret, found_in)) = presented_key(request, fields) else {
            return Err(Denied::Refused(ApiError::not_authenticated()));
        };
        let digest = secret.digest();
        let key = self.find(&digest, now).await.map_err(Denied::Store)?;
        if key.is_some() {
            telemetry::record_api_key(&digest);
        }
        match key.filter(|key| !key.has_expired(now)) {
            None => Err(Denied::Refused(ApiError::authentication_failed(found_in))),
            Some(key) if scopes.iter().any(|scope| key.allows(scope)) => Ok(()),
            Some(_) => {
                let missing = scopes.first().copied().unwrap_or(ANY_SCOPE);
                Err(Denied::Refused(ApiError::permission_denied(missing)))
            }
        }
    }

    async fn find(
        &self,
        digest: &ApiKeyDigest,
        now: Timestamp,
    ) -> Result<Option<ApiKey>, StoreError> {
        if let Some(key) = self.cached(digest, now) {
            return Ok(Some(key));
        }
        let found = self.store.find_api_key(digest).await?;
        // An unknown key is not cached: there are too many, and it may be created at any time.
        if let Some(key) = &found {
            self.cache(CachedKey {
                digest: *digest,
                key: key.clone(),
                found_at: now,
            });
        }
        Ok(found)
    }

    fn cached(&self, digest: &ApiKeyDigest, now: Timestamp) -> Option<ApiKey> {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.retain(|entry| entry.found_at <= now && now < entry.found_at.plus(CACHE_LIFETIME));
        let found = cached.iter().find(|entry| entry.digest == *digest);
        found.map(|entry| entry.key.clone())
    }

    fn cache(&self, entry: CachedKey) {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.retain(|other| other.digest != entry.digest);
        if cached.len() >= MAX_CACHED {
            cached.remove(0);
        }
        cached.push(entry);
    }
}

/// The first key found, and where: header, body, query string.
fn presented_key(
    request: &Request,
    fields: Option<&Fields>,
) -> Option<(ApiKeySecret, &'static str)> {
    let header =
        || bearer_token(request).map(|key| (ApiKeySecret::presented(&key), "Authorization header"));
    let body = || {
        let key = fields?.get("personal_api_key").and_then(as_key)?;
        Some((ApiKeySecret::presented(&key), "body"))
    };
    let query = || {
        let parameters = request.query_string_parameters_ref()?;
        let key = parameters.first("personal_api_key").and_then(trimmed)?;
        Some((ApiKeySecret::presented(key), "query string"))
    };
    header().or_else(body).or_else(query)
}

/// The credentials of `Authorization: Bearer …`, the scheme in any case (RFC 9110, section 11.1).
fn bearer_token(request: &Request) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    let (scheme, token) = text.trim().split_once(|c: char| c.is_ascii_whitespace())?;
    let token = trimmed(token).filter(|_| scheme.eq_ignore_ascii_case("bearer"));
    token.map(ToOwned::to_owned)
}

fn as_key(value: &RawValue) -> Option<String> {
    let text = serde_json::from_str::<String>(value.get()).ok()?;
    trimmed(&text).map(ToOwned::to_owned)
}

/// The key without white space around it, which files and clipboards add. `None` if nothing is
/// left.
fn trimmed(key: &str) -> Option<&str> {
    Some(key.trim()).filter(|key| !key.is_empty())
}
