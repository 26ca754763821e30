//! Makes an [`http::Request`](lambda_http::http::Request) of any API Gateway event.
//!
//! `lambda_http` does the conversion, and panics on some events that a gateway passes on: a query
//! string with a character that a URI cannot hold, a `Host` that is not a host name, a body marked
//! as base64 that is not base64. Each panic would end the instance, so events are sanitized first.
//! A body of megabytes is cut, as it would be copied and decoded only to be refused.

use std::future::Future;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::header::HOST;
use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, LambdaEvent, Request, Response, Service, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use super::body::MAX_BODY_LENGTH;

/// The characters that are invalid in the query of a URI (RFC 3986, section 3.4). A percent sign
/// is valid, as it begins an encoded character.
const OUTSIDE_QUERIES: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The domain name under which the gateway was reached, as the gateway names it.
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
        adapter.call(LambdaEvent::new(sanitize(event.payload), event.context))
    })
}

/// The same event without what `lambda_http` cannot convert.
fn sanitize(mut event: LambdaRequest) -> LambdaRequest {
    match &mut event {
        LambdaRequest::ApiGatewayV1(event) => {
            // `lambda_http` lets the one value of a header replace the list of all values.
            for name in event.multi_value_headers.keys() {
                event.headers.remove(name);
            }
            repair_path(&mut event.path);
            repair_path(&mut event.request_context.path);
            repair_stage(&mut event.request_context.stage);
            repair_body(&mut event.body, &mut event.is_base64_encoded);
        }
        LambdaRequest::ApiGatewayV2(event) => {
            repair_path(&mut event.raw_path);
            repair_stage(&mut event.request_context.stage);
            if let Some(query) = &mut event.raw_query_string {
                *query = percent_encoded(query);
            }
            repair_body(&mut event.body, &mut event.is_base64_encoded);
        }
        _ => {}
    }
    event
}

/// Removes the host from an event, since `lambda_http` would parse it as part of a URL. Returns the
/// gateway's own domain name. The client's `Host` is not trusted.
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

/// A body that is not base64 is kept as text; reading it as JSON then reports what is wrong. One
/// that is too long is cut to a length that is still too long.
fn repair_body(body: &mut Option<String>, is_base64_encoded: &mut bool) {
    const MAX_ENCODED_LENGTH: usize = MAX_BODY_LENGTH.div_ceil(3) * 4;
    const LONGEST_CHARACTER: usize = 4;
    let Some(text) = body else {
        return;
    };
    let longest = if *is_base64_encoded {
        MAX_ENCODED_LENGTH
    } else {
        MAX_BODY_LENGTH
    };
    if text.len() > longest {
        *is_base64_encoded = false;
        text.truncate(text.floor_char_boundary(MAX_BODY_LENGTH + LONGEST_CHARACTER));
        text.shrink_to_fit();
    } else if *is_base64_encoded && STANDARD.decode(&*text).is_err() {
        *is_base64_encoded = false;
    }
}

/// Encodes the characters that are invalid in the query of a URI.
fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, OUTSIDE_QUERIES).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_decoded_up_to_its_limit() {
        for (length, is_decoded) in [(0, true), (65_535, true), (65_538, true), (65_539, false)] {
            let mut body = Some(STANDARD.encode(vec![0; length]));
            let mut is_base64_encoded = true;
            repair_body(&mut body, &mut is_base64_encoded);
            assert_eq!(is_base64_encoded, is_decoded, "{length}");
            assert!(is_decoded || body.unwrap().len() > MAX_BODY_LENGTH);
        }
    }

    #[test]
    fn a_long_body_stays_too_long() {
        for character in ["x", "é", "語", "\u{1f600}"] {
            for offset in ["", "x", "xx", "xxx"] {
                let mut body = Some(format!("{offset}{}", character.repeat(65_537)));
                repair_body(&mut body, &mut false);
                let left = body.unwrap().len();
                assert!((65_537..=65_540).contains(&left), "{left}");
            }
        }
        let mut body = Some("x".repeat(65_536));
        repair_body(&mut body, &mut false);
        assert_eq!(body.unwrap().len(), 65_536);
    }

    #[test]
    fn a_stage_is_encoded_where_needed() {
        for (given, safe) in [("$default", "$default"), ("a b#", "a%20b%23")] {
            let mut stage = Some(given.to_owned());
            repair_stage(&mut stage);
            assert_eq!(stage.as_deref(), Some(safe));
        }
    }

    #[test]
    fn a_query_is_encoded_where_needed() {
        assert_eq!(percent_encoded("a=b&c=d%20e"), "a=b&c=d%20e");
        let kept = "-._~!$&'()*+,;=:@/?%";
        assert_eq!(percent_encoded(kept), kept);
        assert_eq!(
            percent_encoded("a=<b>\"{}|\\^`[]#\u{0}\u{7f} é"),
            "a=%3Cb%3E%22%7B%7D%7C%5C%5E%60%5B%5D%23%00%7F%20%C3%A9"
        );
    }
}
