//! The query of a request, as [`Fields`].

use std::collections::BTreeMap;

use lambda_http::{Request, RequestExt};
use serde_json::value::to_raw_value;

use crate::api::fields::Fields;

/// The decoded parameters of the query. If one is repeated, the first value counts.
pub(super) fn read_query(request: &Request) -> Fields {
    let mut fields = BTreeMap::new();
    let parameters = request.query_string_parameters_ref();
    for (name, _) in parameters
        .into_iter()
        .flat_map(|parameters| parameters.iter())
    {
        // Once each: a long value may be repeated a thousand times.
        if fields.contains_key(name) {
            continue;
        }
        let first = parameters.and_then(|parameters| parameters.first(name));
        if let Some(Ok(value)) = first.map(to_raw_value) {
            fields.insert(name.to_owned(), value);
        }
    }
    Fields::new(fields)
}
