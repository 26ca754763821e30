//! The suppression list's HTTP API, under `/v2/email/suppression/addresses`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::list_query::ListQuery;
use super::{Entry, SuppressedFor, SuppressionList};
use crate::arrival::Arrival;
use crate::ses::InProduction;
use crate::ses::error::SesError;
use crate::ses::page::Page;

impl Entry {
    fn describe(&self, address: &str) -> serde_json::Value {
        json!({
            "EmailAddress": address,
            "Reason": self.reason,
            "LastUpdateTime": self.unix_seconds,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::ses) struct PutRequest {
    email_address: String,
    reason: SuppressedFor,
}

pub(in crate::ses) async fn list(
    State(list): State<SuppressionList>,
    _: InProduction,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, SesError> {
    let query = ListQuery::parse(parameters)?;
    let state = list.state();
    let size = query.page_size.or(state.page_size);
    let page = Page::new(size, query.token.as_deref())?;
    let answer = page.answer(
        "SuppressedDestinationSummaries",
        &state.entries,
        |address, entry| query.includes(entry).then(|| entry.describe(address)),
    );
    Ok(answer.into_response())
}

/// The address in the path. It is read by its name, since the router that serves SES may have
/// parameters of its own.
#[derive(Deserialize)]
pub(in crate::ses) struct AddressPath {
    address: String,
}

pub(in crate::ses) async fn put(
    State(list): State<SuppressionList>,
    _: InProduction,
    body: axum::body::Bytes,
) -> Result<Response, SesError> {
    let request: PutRequest =
        serde_json::from_slice(&body).map_err(|error| SesError::serialization(&error))?;
    let now = Arrival::now().unix_millis.div_euclid(1_000);
    list.put(&request.email_address, request.reason, now);
    Ok(().into_response())
}

pub(in crate::ses) async fn get(
    State(list): State<SuppressionList>,
    _: InProduction,
    Path(AddressPath { address }): Path<AddressPath>,
) -> Result<Response, SesError> {
    let entry = list.state().entries.get(&address).copied();
    let entry = entry.ok_or_else(|| not_listed(&address))?;
    let answer = json!({ "SuppressedDestination": entry.describe(&address) });
    Ok(Json(answer).into_response())
}

pub(in crate::ses) async fn delete(
    State(list): State<SuppressionList>,
    _: InProduction,
    Path(AddressPath { address }): Path<AddressPath>,
) -> Result<Response, SesError> {
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
    use crate::ses::{Ses, router};

    async fn call(list: &SuppressionList, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (bus, _) = crate::event_bus::new();
        let router = router(Ses {
            suppression_list: list.clone(),
            ..Ses::new(bus)
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
    async fn the_api_matches_the_case() {
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
    async fn malformed_requests_are_refused() {
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
    async fn the_list_has_pages() {
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
    async fn reason_and_date_filter_the_list() {
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
}
