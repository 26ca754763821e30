//! From an API Gateway event to an [`http::Request`](lambda_http::http::Request), whatever the event holds.
//!
//! `lambda_http` does the conversion, and panics on events that a gateway passes on without a
//! thought: a query string with a character that no URI may hold, a `Host` that is no host name, a
//! body marked as base64 that is none. Each would end the sandbox, so each is made harmless first.

use std::fmt::Write;
use std::future::Future;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::header::HOST;
use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, LambdaEvent, Request, Response, Service, service_fn};
use serde::Serialize;

/// The domain name under which the gateway was reached, in its own words.
#[derive(Clone, Debug)]
pub(super) struct GatewayDomain(pub(super) String);

/// A Lambda service that hands each event to `handler` as an HTTP request.
pub fn events<'handler, H, F, E>(
    handler: H,
) -> impl Service<
    LambdaEvent<LambdaRequest>,
    Response = impl Serialize + Send + 'static,
    Error = E,
    Future: Future + Send + 'handler,
> + Clone
+ Send
+ 'handler
where
    H: Fn(Request) -> F + Clone + Send + 'handler,
    F: Future<Output = Result<Response<Body>, E>> + Send + 'handler,
    E: Into<Diagnostic> + Send + 'static,
{
    service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let domain = forget_host(&mut event.payload).map(GatewayDomain);
        let handler = handler.clone();
        // An adapter for each event, as its domain name has no other way past the conversion.
        let mut adapter = Adapter::from(service_fn(move |mut request: Request| {
            if let Some(domain) = domain.clone() {
                request.extensions_mut().insert(domain);
            }
            handler(request)
        }));
        adapter.call(LambdaEvent::new(harmless(event.payload), event.context))
    })
}

/// The same event without what `lambda_http` cannot convert.
fn harmless(mut event: LambdaRequest) -> LambdaRequest {
    match &mut event {
        LambdaRequest::ApiGatewayV1(event) => {
            repair_path(&mut event.path);
            repair_path(&mut event.request_context.path);
            repair_stage(&mut event.request_context.stage);
            repair_base64(&mut event.is_base64_encoded, event.body.as_deref());
        }
        LambdaRequest::ApiGatewayV2(event) => {
            repair_path(&mut event.raw_path);
            repair_stage(&mut event.request_context.stage);
            if let Some(query) = &mut event.raw_query_string {
                *query = percent_encoded(query);
            }
            repair_base64(&mut event.is_base64_encoded, event.body.as_deref());
        }
        _ => {}
    }
    event
}

/// Takes the host out of an event, which `lambda_http` would make a URL of, and returns what the gateway
/// calls itself. What the client calls it is nobody's business.
fn forget_host(event: &mut LambdaRequest) -> Option<String> {
    match event {
        LambdaRequest::ApiGatewayV1(event) => {
            event.headers.remove(HOST);
            event.multi_value_headers.remove(HOST);
            event.request_context.domain_name.take()
        }
        LambdaRequest::ApiGatewayV2(event) => {
            event.headers.remove(HOST);
            event.request_context.domain_name.take()
        }
        _ => None,
    }
}

fn repair_path(path: &mut Option<String>) {
    if let Some(path) = path
        && !path.starts_with('/')
    {
        path.insert(0, '/');
    }
}

/// A stage's name goes into the path. API Gateway allows letters, digits, `-`, `_` and `$default`.
fn repair_stage(stage: &mut Option<String>) {
    if let Some(name) = stage {
        *name = percent_encoded(name);
    }
}

/// A body that is not base64 is taken as the text it is; reading it as JSON then says what is wrong.
fn repair_base64(is_base64_encoded: &mut bool, body: Option<&str>) {
    if *is_base64_encoded && body.is_some_and(|body| STANDARD.decode(body).is_err()) {
        *is_base64_encoded = false;
    }
}

/// Encodes what may not stand in the query of a URI (RFC 3986, section 3.4), and keeps the rest as it is.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_what_a_uri_may_hold_and_encodes_the_rest() {
        assert_eq!(percent_encoded("a=b&c=d%20e"), "a=b&c=d%20e");
        assert_eq!(
            percent_encoded("a=<b>\"{}|\\^`\u{0} é"),
            "a=%3Cb%3E%22%7B%7D%7C%5C%5E%60%00%20%C3%A9"
        );
    }
}
