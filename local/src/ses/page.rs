//! Lists in pages: the parameters of a request, and the answer.

use std::collections::BTreeMap;
use std::ops::Bound;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::error::SesError;

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 1_000;
/// A page's token: this prefix and the last name of the page before.
const TOKEN_PREFIX: &str = "after ";

/// Where a page begins, and how many items it has.
#[derive(Debug)]
pub(super) struct Page {
    after: Option<String>,
    size: usize,
}

impl Page {
    pub(super) fn new(size: Option<usize>, token: Option<&str>) -> Result<Self, SesError> {
        let size = size.unwrap_or(DEFAULT_SIZE);
        if !(1..=MAX_SIZE).contains(&size) {
            let message = format!("PageSize must be from 1 to {MAX_SIZE}.");
            return Err(SesError::bad_request(message));
        }
        let after = |token: &str| Some(token.strip_prefix(TOKEN_PREFIX)?.to_owned());
        let after = token.map(|token| after(token).ok_or_else(SesError::next_token));
        Ok(Self {
            after: after.transpose()?,
            size,
        })
    }

    /// The page of the items that `describe` keeps, as this member, and the token of the next page.
    pub(super) fn answer<T>(
        &self,
        member: &str,
        items: &BTreeMap<String, T>,
        describe: impl Fn(&str, &T) -> Option<Value>,
    ) -> Json<Value> {
        let after = self.after.as_ref();
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = items
            .range::<String, _>((after, Bound::Unbounded))
            .filter_map(|(name, item)| Some((name, describe(name, item)?)))
            .peekable();
        let (names, page): (Vec<_>, Vec<_>) = rest.by_ref().take(self.size).unzip();
        let mut answer = json!({ member: page });
        if let (Some(last), Some(_)) = (names.last(), rest.peek()) {
            answer["NextToken"] = json!(format!("{TOKEN_PREFIX}{last}"));
        }
        Json(answer)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRequest {
    page_size: Option<usize>,
    next_token: Option<String>,
    filter: Option<IgnoredAny>,
}

/// The parameters are in the body. Earlier SDKs send them in the query.
impl<S: Send + Sync> FromRequest<S> for Page {
    type Rejection = SesError;

    async fn from_request(request: Request, state: &S) -> Result<Self, SesError> {
        let list: ListRequest = if request.method() == Method::POST {
            let body = Bytes::from_request(request, state).await;
            let body = body.map_err(|error| SesError::bad_request(error.body_text()))?;
            serde_json::from_slice(&body).map_err(|error| SesError::serialization(&error))?
        } else {
            let query = Query::try_from_uri(request.uri());
            let Query(list) = query.map_err(|error| SesError::bad_request(error.body_text()))?;
            list
        };
        if list.filter.is_some() {
            return Err(SesError::bad_request(
                "The local SES does not filter lists.",
            ));
        }
        Self::new(list.page_size, list.next_token.as_deref())
    }
}
