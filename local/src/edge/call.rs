//! Which operation of which service a request is.

use axum::extract::Request;
use axum::http::{HeaderMap, Method};

use crate::functions::{FUNCTIONS, Trigger};
use crate::ses::is_signed;

/// A service whose calls can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Ses,
    DynamoDb,
    /// EventBridge, where events for the adopter are published.
    Events,
    /// The table's stream, from which Lambda invokes functions. An operation is the name of the
    /// function.
    Stream,
}

/// One attempt at an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub service: Service,
    pub operation: String,
}

const PUT_EVENTS: &str = "PutEvents";

/// What the service, `admin` and people use.
const OF_DYNAMODB: [&str; 14] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "DescribeContinuousBackups",
    "DescribeTable",
    "DescribeTimeToLive",
    "GetItem",
    "ListTables",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

/// What the local SES has.
const OF_SES: [&str; 11] = [
    "SendEmail",
    "GetAccount",
    "ListEmailIdentities",
    "GetEmailIdentity",
    "ListConfigurationSets",
    "GetConfigurationSet",
    "GetConfigurationSetEventDestinations",
    "ListSuppressedDestinations",
    "PutSuppressedDestination",
    "GetSuppressedDestination",
    "DeleteSuppressedDestination",
];

impl Service {
    pub const ALL: [Self; 4] = [Self::Ses, Self::DynamoDb, Self::Events, Self::Stream];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ses => "ses",
            Self::DynamoDb => "dynamodb",
            Self::Events => "events",
            Self::Stream => "stream",
        }
    }

    /// The operations that a rule may name.
    #[must_use]
    pub fn operations(self) -> Vec<&'static str> {
        match self {
            Self::Ses => OF_SES.to_vec(),
            Self::DynamoDb => OF_DYNAMODB.to_vec(),
            Self::Events => vec![PUT_EVENTS],
            Self::Stream => FUNCTIONS
                .iter()
                .filter(|definition| definition.trigger == Trigger::TableStream)
                .map(|definition| definition.name)
                .collect(),
        }
    }
}

impl Call {
    /// `None`: the request is no call of these services, such as one that opens a connection. One
    /// without a signature is refused anyway.
    pub(super) fn of(request: &Request) -> Option<Self> {
        if !is_signed(request.headers()) {
            return None;
        }
        let call = |service, operation: &str| Self {
            service,
            operation: operation.to_owned(),
        };
        let target = text(request.headers(), "x-amz-target");
        let Some((prefix, operation)) = target.and_then(|target| target.split_once('.')) else {
            let operation = of_ses(request.method(), request.uri().path())?;
            return Some(call(Service::Ses, operation));
        };
        match prefix {
            "DynamoDB_20120810" => Some(call(Service::DynamoDb, operation)),
            "AWSEvents" => Some(call(Service::Events, operation)),
            _ => None,
        }
    }

    pub(super) fn is_transaction(&self) -> bool {
        self.operation == "TransactWriteItems"
    }

    pub(super) fn is_write(&self) -> bool {
        self.is_transaction() || matches!(&*self.operation, "PutItem" | "UpdateItem" | "DeleteItem")
    }
}

/// Whether the SDK repeats a call that it made before.
pub(super) fn is_retry(headers: &HeaderMap) -> bool {
    let parts = text(headers, "amz-sdk-request");
    !parts.is_none_or(|parts| parts.split(';').any(|part| part.trim() == "attempt=1"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn of_ses(method: &Method, path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/v2/email/")?;
    let segments: Vec<_> = path.split('/').collect();
    Some(match (method.as_str(), &*segments) {
        ("POST", ["outbound-emails"]) => "SendEmail",
        ("GET", ["account"]) => "GetAccount",
        ("GET", ["identities"]) | ("POST", ["list-identities"]) => "ListEmailIdentities",
        ("GET", ["identities", _]) => "GetEmailIdentity",
        ("GET", ["configuration-sets"]) | ("POST", ["list-configuration-sets"]) => {
            "ListConfigurationSets"
        }
        ("GET", ["configuration-sets", _]) => "GetConfigurationSet",
        ("GET", ["configuration-sets", _, "event-destinations"]) => {
            "GetConfigurationSetEventDestinations"
        }
        ("GET", ["suppression", "addresses"]) => "ListSuppressedDestinations",
        ("PUT", ["suppression", "addresses"]) => "PutSuppressedDestination",
        ("GET", ["suppression", "addresses", _]) => "GetSuppressedDestination",
        ("DELETE", ["suppression", "addresses", _]) => "DeleteSuppressedDestination",
        _ => return None,
    })
}
