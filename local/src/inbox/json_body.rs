//! Bodies in JSON.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Reads an object. The case of its members does not matter, as in Mailpit.
///
/// `example` shows the members that it may have.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], example: &str) -> Result<T, Refusal> {
    let members: Result<Map<String, Value>, _> = serde_json::from_slice(body);
    let members = members.map(|members| {
        let members = members.into_iter();
        members.map(|(name, value)| (name.to_ascii_lowercase(), value))
    });
    let read = members.and_then(|members| serde_json::from_value(Value::Object(members.collect())));
    read.map_err(|_| Refusal::bad_request(&format!("Send a JSON object such as {example}.")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::body::to_bytes;
    use axum::response::IntoResponse;

    use super::*;

    #[tokio::test]
    async fn a_bad_body_gets_an_example() {
        for body in ["", "{", "[]", "{\"IDs\":1}"] {
            let read: Result<BTreeMap<String, Vec<String>>, _> =
                read(body.as_bytes(), "{\"IDs\":[\"x\"]}");
            let answer = read.unwrap_err().into_response();
            let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            assert_eq!(
                text, "Send a JSON object such as {\"IDs\":[\"x\"]}.",
                "{body}"
            );
        }
    }
}
