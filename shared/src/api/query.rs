//! The query of a request, as [`Fields`].

use std::collections::BTreeMap;

use lambda_http::{Request, RequestExt};
use serde_json::value::to_raw_value;

use crate::api::fields::Fields;

/// The decoded parameters of the query. If one is repeated, the first value counts.
pub(super) fn read_query(request: &Request) -> Fields {
    let mut firsts = BTreeMap::new();
    if let Some(parameters) = request.query_string_parameters_ref() {
        for (name, value) in parameters.iter() {
            firsts.entry(name).or_insert(value);
        }
    }
    // Encoded once each: a long value may be repeated a thousand times.
    let fields = firsts
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), to_raw_value(value).ok()?)));
    Fields::new(fields.collect())
}
