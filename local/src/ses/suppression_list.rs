//! SES's suppression list of an account, under `/v2/email/suppression/addresses`: the list, page by
//! page, and each address on it.
//!
//! As in SES, the API finds an address in the case in which it is listed alone, and sending finds
//! it in any (SES Developer Guide, "Managing tenant suppression list entries").

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::domain::clock::Timestamp;

use super::error::SesError;
use super::{Arrival, Signed};

/// How many addresses a page of the list has if nobody says.
const PAGE_SIZE: usize = 100;
/// What the token of a page begins with. The last address of the page before follows.
const AFTER: &str = "after ";

/// Why an address is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SuppressedFor {
    /// A mail to it came back for good.
    Bounce,
    /// Its reader complained.
    Complaint,
}

/// Why a call about the list is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListRefusal {
    /// 429 `TooManyRequestsException`: calls come too fast.
    Throttled,
    /// 400 `BadRequestException`: accounts in SES's sandbox have no access to the list.
    Sandbox,
}

/// The list. Clones are the same list.
#[derive(Clone, Debug, Default)]
pub struct SuppressionList {
    state: Arc<Mutex<ListState>>,
}

#[derive(Debug, Default)]
struct ListState {
    entries: BTreeMap<String, Entry>,
    page_size: Option<usize>,
    refusals: VecDeque<ListRefusal>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    reason: SuppressedFor,
    unix_seconds: i64,
}

impl Entry {
    fn describe(&self, address: &str) -> serde_json::Value {
        json!({
            "EmailAddress": address,
            "Reason": self.reason,
            "LastUpdateTime": self.unix_seconds,
        })
    }
}

impl SuppressionList {
    /// A list with nobody on it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes pages of so many addresses, where nobody asks for another size.
    pub fn set_page_size(&self, addresses: usize) {
        self.state().page_size = Some(addresses);
    }

    /// One more call is refused, after those that were to be before.
    pub fn refuse_next(&self, refusal: ListRefusal) {
        self.state().refusals.push_back(refusal);
    }

    /// Puts an address on the list, since this moment.
    pub fn put(&self, address: &str, reason: SuppressedFor, unix_seconds: i64) {
        let entry = Entry {
            reason,
            unix_seconds,
        };
        self.state().entries.insert(address.to_owned(), entry);
    }

    /// Whether this very spelling is on the list.
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        self.state().entries.contains_key(address)
    }

    /// Why an address is on the list, in whatever case.
    pub(super) fn find_in_any_case(&self, address: &str) -> Option<SuppressedFor> {
        let state = self.state();
        let mut found = state
            .entries
            .iter()
            .filter(|(listed, _)| listed.eq_ignore_ascii_case(address));
        found.next().map(|(_, entry)| entry.reason)
    }

    /// Whether a call may go on.
    fn admit(&self) -> Result<(), SesError> {
        match self.state().refusals.pop_front() {
            None => Ok(()),
            Some(ListRefusal::Throttled) => Err(SesError::throttled("Rate exceeded.")),
            Some(ListRefusal::Sandbox) => Err(SesError::bad_request(
                "The request is not allowed for this account.",
            )),
        }
    }

    fn state(&self) -> MutexGuard<'_, ListState> {
        // No code that holds the lock can leave the list half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutRequest {
    email_address: String,
    reason: SuppressedFor,
}

/// Which part of the list is asked for.
#[derive(Default)]
struct Wanted {
    reasons: Vec<SuppressedFor>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    page_size: Option<usize>,
    token: Option<String>,
}

impl Wanted {
    /// Of a query. A name may be there more than once.
    fn parse(query: Vec<(String, String)>) -> Result<Self, SesError> {
        let mut wanted = Self::default();
        for (name, value) in query {
            let invalid = || SesError::bad_request(format!("{name} is not valid."));
            let moment = || Timestamp::parse(&value).ok_or_else(invalid);
            match name.as_str() {
                "Reason" => wanted.reasons.push(match value.as_str() {
                    "BOUNCE" => SuppressedFor::Bounce,
                    "COMPLAINT" => SuppressedFor::Complaint,
                    _ => return Err(invalid()),
                }),
                "StartDate" => wanted.after = Some(moment()?),
                "EndDate" => wanted.before = Some(moment()?),
                "PageSize" => {
                    let size = value.parse().ok().filter(|size| *size > 0);
                    wanted.page_size = Some(size.ok_or_else(invalid)?);
                }
                "NextToken" => {
                    let last = value.strip_prefix(AFTER).ok_or_else(SesError::next_token)?;
                    wanted.token = Some(last.to_owned());
                }
                _ => return Err(SesError::bad_request(format!("{name} is not known here."))),
            }
        }
        Ok(wanted)
    }

    fn includes(&self, entry: &Entry) -> bool {
        let at = Timestamp::from_unix_seconds(entry.unix_seconds);
        (self.reasons.is_empty() || self.reasons.contains(&entry.reason))
            && self.after.is_none_or(|after| at > after)
            && self.before.is_none_or(|before| at < before)
    }
}

pub(super) async fn list(
    State(list): State<SuppressionList>,
    _: Signed,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, SesError> {
    list.admit()?;
    let wanted = Wanted::parse(query)?;
    let state = list.state();
    let size = wanted.page_size.or(state.page_size).unwrap_or(PAGE_SIZE);
    let from = wanted
        .token
        .as_ref()
        .map_or(Bound::Unbounded, Bound::Excluded);
    let rest = state.entries.range::<String, _>((from, Bound::Unbounded));
    let mut rest = rest.filter(|(_, entry)| wanted.includes(entry)).peekable();
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let mut answer = json!({
        "SuppressedDestinationSummaries": page
            .iter()
            .map(|(address, entry)| entry.describe(address))
            .collect::<Vec<_>>(),
    });
    if let (Some((last, _)), Some(_)) = (page.last(), rest.peek()) {
        answer["NextToken"] = json!(format!("{AFTER}{last}"));
    }
    Ok(Json(answer).into_response())
}

/// Which address a path names. By name, as the path of whoever serves SES may have parts of its
/// own.
#[derive(Deserialize)]
pub(super) struct Named {
    address: String,
}

pub(super) async fn put(
    State(list): State<SuppressionList>,
    _: Signed,
    body: axum::body::Bytes,
) -> Result<Response, SesError> {
    list.admit()?;
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
    list.admit()?;
    let entry = list.state().entries.get(&address).copied();
    let entry = entry.ok_or_else(|| not_listed(&address))?;
    let answer = json!({ "SuppressedDestination": entry.describe(&address) });
    Ok(Json(answer).into_response())
}

pub(super) async fn delete(
    State(list): State<SuppressionList>,
    _: Signed,
    Path(Named { address }): Path<Named>,
) -> Result<Response, SesError> {
    list.admit()?;
    let removed = list.state().entries.remove(&address);
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
    use crate::captured_mails::CapturedMails;
    use crate::ses::{Faults, Ses, router};

    async fn call(list: &SuppressionList, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (bus, _) = crate::event_bus::new();
        let router = router(Ses {
            sent: CapturedMails::new(),
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
    }

    /// The addresses of a page, and the token of the next.
    async fn page(list: &SuppressionList, query: &str) -> (Vec<String>, Option<String>) {
        let (status, answer) = call(list, "GET", query, "").await;
        assert_eq!(status, 200, "{query}: {answer}");
        let summaries = answer["SuppressedDestinationSummaries"].as_array();
        let address = |summary: &Value| summary["EmailAddress"].as_str().expect("text").to_owned();
        let addresses = summaries.expect("a list").iter().map(address).collect();
        let token = answer["NextToken"].as_str().map(str::to_owned);
        (addresses, token)
    }

    #[tokio::test]
    async fn the_list_comes_in_pages() {
        let list = SuppressionList::new();
        assert_eq!(page(&list, "").await, (vec![], None));
        for name in ["b", "a", "c"] {
            list.put(&format!("{name}@b.de"), SuppressedFor::Bounce, 0);
        }
        let (all, token) = page(&list, "").await;
        assert_eq!(
            (all.as_slice(), token),
            (&["a@b.de", "b@b.de", "c@b.de"].map(str::to_owned)[..], None)
        );
        let pages_of_two = SuppressionList::new();
        pages_of_two.set_page_size(2);
        for address in &all {
            pages_of_two.put(address, SuppressedFor::Bounce, 0);
        }
        for (list, query) in [(&list, "?PageSize=2"), (&pages_of_two, "")] {
            let (first, token) = page(list, query).await;
            assert_eq!(first, all[..2]);
            let token = token
                .expect("a next page")
                .replace(' ', "%20")
                .replace('@', "%40");
            let (second, token) = page(list, &format!("?PageSize=2&NextToken={token}")).await;
            assert_eq!((second.as_slice(), token), (&all[2..], None));
        }
    }

    #[tokio::test]
    async fn the_list_is_filtered_by_reason_and_date() {
        let list = SuppressionList::new();
        list.put("a@b.de", SuppressedFor::Bounce, 1_000);
        list.put("b@b.de", SuppressedFor::Complaint, 2_000);
        list.put("c@b.de", SuppressedFor::Bounce, 3_000);
        for (query, expected) in [
            ("?Reason=COMPLAINT", &["b@b.de"][..]),
            (
                "?Reason=COMPLAINT&Reason=BOUNCE",
                &["a@b.de", "b@b.de", "c@b.de"],
            ),
            ("?StartDate=1970-01-01T00:16:40Z", &["b@b.de", "c@b.de"]),
            ("?EndDate=1970-01-01T00:50:00Z", &["a@b.de", "b@b.de"]),
            (
                "?StartDate=1970-01-01T00:16:40Z&EndDate=1970-01-01T00:50:00Z",
                &["b@b.de"],
            ),
        ] {
            assert_eq!(page(&list, query).await.0, expected, "{query}");
        }
        for (query, kind) in [
            ("?Reason=SPAM", "BadRequestException"),
            ("?StartDate=yesterday", "BadRequestException"),
            ("?PageSize=0", "BadRequestException"),
            ("?Tenant=ours", "BadRequestException"),
            ("?NextToken=nonsense", "InvalidNextTokenException"),
        ] {
            let answer = call(&list, "GET", query, "").await;
            assert_eq!(answer, (400, Value::from(kind)), "{query}");
        }
    }

    #[tokio::test]
    async fn calls_are_refused_as_often_as_asked() {
        let list = SuppressionList::new();
        list.refuse_next(ListRefusal::Throttled);
        list.refuse_next(ListRefusal::Sandbox);
        let throttled = (429, Value::from("TooManyRequestsException"));
        assert_eq!(call(&list, "GET", "", "").await, throttled);
        let refused = (400, Value::from("BadRequestException"));
        assert_eq!(call(&list, "DELETE", "/a%40b.de", "").await, refused);
        assert_eq!(call(&list, "GET", "", "").await.0, 200);
    }
}
