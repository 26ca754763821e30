//! SES's suppression list of an account: `PUT`, `GET` and `DELETE /v2/email/suppression/addresses`.
//!
//! As in SES, the API finds an address in the case in which it is listed alone, and sending finds it in any
//! (SES Developer Guide, "Managing tenant suppression list entries").

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::SesError;
use super::{Arrival, Signed};

/// Why an address is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SuppressedFor {
    /// A mail to it came back for good.
    Bounce,
    /// Its reader complained.
    Complaint,
}

/// The list. Clones are the same list.
#[derive(Clone, Debug, Default)]
pub struct SuppressionList {
    entries: Arc<Mutex<BTreeMap<String, Entry>>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    reason: SuppressedFor,
    unix_seconds: i64,
}

impl SuppressionList {
    /// A list with nobody on it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an address on the list, since this moment.
    pub fn put(&self, address: &str, reason: SuppressedFor, unix_seconds: i64) {
        let entry = Entry {
            reason,
            unix_seconds,
        };
        self.entries().insert(address.to_owned(), entry);
    }

    /// Whether this very spelling is on the list.
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        self.entries().contains_key(address)
    }

    /// Why an address is on the list, in whatever case.
    pub(super) fn find_in_any_case(&self, address: &str) -> Option<SuppressedFor> {
        let entries = self.entries();
        let mut found = entries
            .iter()
            .filter(|(listed, _)| listed.eq_ignore_ascii_case(address));
        found.next().map(|(_, entry)| entry.reason)
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // No code that holds the lock can leave the list half changed.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutRequest {
    email_address: String,
    reason: SuppressedFor,
}

/// Which address a path names. By name, as the path of whoever serves SES may have parts of its own.
#[derive(Deserialize)]
pub(super) struct Named {
    address: String,
}

pub(super) async fn put(
    State(list): State<SuppressionList>,
    _: Signed,
    body: axum::body::Bytes,
) -> Result<Response, SesError> {
    let request: PutRequest =
        serde_json::from_slice(&body).map_err(|error| SesError::serialization(&error))?;
    let now = Arrival::now().unix_millis.div_euclid(1_000);
    list.put(&request.email_address, request.reason, now);
    Ok(().into_response())
}

pub(super) async fn get(
    State(list): State<SuppressionList>,
    _: Signed,
    Path(Named { address }): Path<Named>,
) -> Result<Response, SesError> {
    let entry = list.entries().get(&address).copied();
    let entry = entry.ok_or_else(|| not_listed(&address))?;
    let answer = json!({ "SuppressedDestination": {
        "EmailAddress": address,
        "Reason": entry.reason,
        "LastUpdateTime": entry.unix_seconds,
    } });
    Ok(Json(answer).into_response())
}

pub(super) async fn delete(
    State(list): State<SuppressionList>,
    _: Signed,
    Path(Named { address }): Path<Named>,
) -> Result<Response, SesError> {
    let removed = list.entries().remove(&address);
    removed.ok_or_else(|| not_listed(&address))?;
    Ok(().into_response())
}

fn not_listed(address: &str) -> SesError {
    SesError::not_found(format!(
        "Email address {address} does not exist on your suppression list."
    ))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use lambda_http::tower::ServiceExt;
    use serde_json::Value;

    use super::*;
    use crate::mailbox::Mailbox;
    use crate::ses::{Faults, Ses, router};

    async fn call(list: &SuppressionList, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (bus, _) = crate::event_bus::new();
        let router = router(Ses {
            mailbox: Mailbox::new(),
            faults: Faults::none(),
            suppression_list: list.clone(),
            bus,
        });
        let request = Request::builder()
            .method(method)
            .uri(format!("/v2/email/suppression/addresses{path}"))
            .header("authorization", "AWS4-HMAC-SHA256 of something")
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let answer = router.oneshot(request).await.expect("an answer");
        let status = answer.status().as_u16();
        let kind = answer.headers().get("x-amzn-errortype");
        let kind = kind.map(|kind| kind.to_str().expect("text").to_owned());
        let body = to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("a body");
        let body = serde_json::from_slice(&body).unwrap_or_default();
        (status, kind.map_or(body, Value::from))
    }

    #[tokio::test]
    async fn an_address_is_put_found_and_removed_in_its_own_case() {
        let list = SuppressionList::new();
        let ada = r#"{"EmailAddress":"Ada+1@example.com","Reason":"COMPLAINT"}"#;
        assert_eq!(call(&list, "PUT", "", ada).await.0, 200);
        let (status, found) = call(&list, "GET", "/Ada%2B1%40example.com", "").await;
        assert_eq!(status, 200);
        let found = &found["SuppressedDestination"];
        assert_eq!(found["EmailAddress"], "Ada+1@example.com");
        assert_eq!(found["Reason"], "COMPLAINT");
        let not_found = (404, Value::from("NotFoundException"));
        for method in ["GET", "DELETE"] {
            let answer = call(&list, method, "/ada%2B1%40example.com", "").await;
            assert_eq!(answer, not_found);
        }
        let delete = async || call(&list, "DELETE", "/Ada%2B1%40example.com", "").await;
        assert_eq!(delete().await.0, 200);
        assert_eq!(delete().await, not_found);
    }

    #[tokio::test]
    async fn what_ses_would_not_understand_is_refused() {
        let list = SuppressionList::new();
        for body in ["", "{}", r#"{"EmailAddress":"a@b.de","Reason":"SPAM"}"#] {
            let (status, kind) = call(&list, "PUT", "", body).await;
            assert_eq!(
                (status, kind.as_str()),
                (400, Some("SerializationException"))
            );
        }
        assert_eq!(call(&list, "POST", "", "{}").await.0, 404);
        assert_eq!(call(&list, "GET", "", "").await.0, 404);
    }
}
