//! The wire formats of AWS's services: answers and errors.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

/// How a service writes its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// DynamoDB.
    Json,
    /// SES and Lambda.
    Rest,
    /// STS, SNS and the stacks.
    Query,
    /// CloudWatch.
    Cbor,
}

impl Protocol {
    pub fn error(self, status: u16, code: &str, message: &str) -> Response<Body> {
        let answer = |content_type: &str, body: Body| {
            let answer = Response::builder().status(status);
            let answer = answer.header("content-type", content_type);
            answer
                .header("x-amzn-requestid", "test")
                .body(body)
                .unwrap()
        };
        match self {
            Self::Json => {
                let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
                let body = json!({ "__type": kind, "message": message });
                answer("application/x-amz-json-1.0", body.to_string().into())
            }
            Self::Rest => {
                let body = json!({ "message": message }).to_string();
                let mut answer = answer("application/json", body.into());
                let headers = answer.headers_mut();
                headers.insert("x-amzn-errortype", code.parse().unwrap());
                answer
            }
            Self::Query => answer(
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                     <Message>{message}</Message></Error><RequestId>test</RequestId>\
                     </ErrorResponse>"
                )
                .into(),
            ),
            Self::Cbor => {
                let kind = format!("com.amazonaws.cloudwatch#{code}");
                let body = cbor(&json!({ "__type": kind, "message": message }));
                let mut answer = answer("application/cbor", body.into());
                let headers = answer.headers_mut();
                headers.insert("smithy-protocol", "rpc-v2-cbor".parse().unwrap());
                answer
            }
        }
    }
}

pub fn json_answer(value: &Value) -> Response<Body> {
    answer("application/json", value.to_string().into_bytes())
}

/// The answer to an action of the query protocol.
pub fn xml_answer(action: &str, result: &str) -> Response<Body> {
    let body = format!(
        "<{action}Response><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>test</RequestId></ResponseMetadata></{action}Response>"
    );
    answer("text/xml", body.into_bytes())
}

/// A list of the query protocol.
pub fn members(items: impl IntoIterator<Item = String>) -> String {
    let member = |item: String| format!("<member>{item}</member>");
    items.into_iter().map(member).collect()
}

/// An element.
pub fn tag(name: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<{name}>{text}</{name}>")
}

pub fn cbor_answer(value: &Value) -> Response<Body> {
    let mut answer = answer("application/cbor", cbor(value));
    let headers = answer.headers_mut();
    headers.insert("smithy-protocol", "rpc-v2-cbor".parse().unwrap());
    answer
}

fn answer(content_type: &str, body: Vec<u8>) -> Response<Body> {
    let answer = Response::builder().status(StatusCode::OK);
    let answer = answer.header("content-type", content_type);
    answer.body(body.into()).unwrap()
}

/// Texts, lists and objects (RFC 8949, section 3.1). A number is a timestamp (section 3.4.2).
fn cbor(value: &Value) -> Vec<u8> {
    let head = |major: u8, length: usize| {
        let length = u16::try_from(length).unwrap();
        let [high, low] = length.to_be_bytes();
        vec![(major << 5) + 25, high, low]
    };
    match value {
        Value::String(text) => [head(3, text.len()), text.as_bytes().to_vec()].concat(),
        Value::Array(items) => {
            let items = items.iter().flat_map(cbor).collect();
            [head(4, items_in(value)), items].concat()
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.flat_map(|(name, of)| [cbor(&json!(name)), cbor(of)].concat());
            let members = members.collect();
            [head(5, items_in(value)), members].concat()
        }
        Value::Number(seconds) => {
            let seconds = seconds.as_u64().unwrap().to_be_bytes();
            [&[0xc1, 0x1b], &seconds[..]].concat()
        }
        other => panic!("no CBOR for {other}"),
    }
}

fn items_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}
