//! The event of a request, in both of API Gateway's formats.

use serde_json::{Value, json};

#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// Names in lower case.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

impl Sent<'_> {
    /// Payload format 2.0, of an HTTP API.
    pub(crate) fn http_api(&self) -> String {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!(value)));
        let event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": Value::Object(headers.collect()),
            "requestContext": {
                "http": { "method": self.method, "path": self.path, "sourceIp": "203.0.113.7" },
                "requestId": "1",
                "stage": "$default",
                "timeEpoch": 0,
            },
            "isBase64Encoded": false,
            "body": self.body,
        });
        event.to_string()
    }

    /// Payload format 1.0, of a REST API, which passes on no text of a query.
    pub(crate) fn rest_api(&self) -> String {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!([value])));
        let event = json!({
            "resource": self.path,
            "path": self.path,
            "httpMethod": self.method,
            "headers": {},
            "multiValueHeaders": Value::Object(headers.collect()),
            "requestContext": {
                "httpMethod": self.method,
                "identity": { "sourceIp": "203.0.113.7" },
                "path": self.path,
                "requestId": "1",
                "resourcePath": self.path,
                "stage": "prod",
            },
            "isBase64Encoded": false,
            "body": self.body,
        });
        event.to_string()
    }
}
