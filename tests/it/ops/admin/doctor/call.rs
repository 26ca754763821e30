//! Which action a request calls, by the wire format of its service.

use axum::extract::Request;

use super::wire::Protocol;

/// A call: its action, such as `lambda:GetFunctionConfiguration`, and how it is answered.
pub struct Call {
    pub action: String,
    pub protocol: Protocol,
}

impl Call {
    pub fn of(request: &Request, body: &str) -> Self {
        let (headers, path) = (request.headers(), request.uri().path());
        let target = headers.get("x-amz-target");
        let target = target.map(|target| target.to_str().unwrap());
        let of_query = || {
            let action = body
                .split('&')
                .find_map(|pair| pair.strip_prefix("Action="));
            let action = action.expect("a call of the query protocol");
            let service = match action {
                "GetCallerIdentity" => "sts",
                "ListSubscriptionsByTopic" => "sns",
                _ => "cloudformation",
            };
            (format!("{service}:{action}"), Protocol::Query)
        };
        let of_rest = |action: &str| (action.to_owned(), Protocol::Rest);
        let (action, protocol) = match (target, path) {
            (Some(target), _) => {
                let operation = target.rsplit('.').next().unwrap();
                (format!("dynamodb:{operation}"), Protocol::Json)
            }
            (_, path) if path.starts_with("/service/") => {
                let operation = path.rsplit('/').next().unwrap();
                (format!("cloudwatch:{operation}"), Protocol::Cbor)
            }
            (_, "/v2/email/account") => of_rest("ses:GetAccount"),
            (_, path) if path.starts_with("/v2/email/identities/") => {
                of_rest("ses:GetEmailIdentity")
            }
            (_, path) if path.ends_with("/event-destinations") => {
                of_rest("ses:GetConfigurationSetEventDestinations")
            }
            (_, path) if path.starts_with("/v2/email/configuration-sets/") => {
                of_rest("ses:GetConfigurationSet")
            }
            (_, path) if path.starts_with("/2015-03-31/functions/") => {
                of_rest("lambda:GetFunctionConfiguration")
            }
            (_, path) if path.starts_with("/2015-03-31/event-source-mappings") => {
                of_rest("lambda:ListEventSourceMappings")
            }
            _ => of_query(),
        };
        Self { action, protocol }
    }
}
