//! Calls of the deployed API, with a key from the environment.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use shared::brand::public_url::PublicUrl;
use shared::runtime::connector::connector;
use shared::runtime::settings::{Environment, SettingError};
use shared::telemetry::Source;

use crate::error::AdminError;

const URL: &str = "MAILPROOF_URL";
const KEY: &str = "MAILPROOF_KEY";

/// The gateway answers within 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(35);

/// `Debug` does not show the key.
pub(super) struct Api {
    url: PublicUrl,
    key: String,
    connector: SharedHttpConnector,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `null` if it is not JSON.
    pub(super) body: Value,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api({})", self.url)
    }
}

impl Api {
    /// `MAILPROOF_URL` and `MAILPROOF_KEY`, as in the examples for backends.
    pub(super) fn from_environment(environment: &Environment) -> Result<Self, AdminError> {
        let url = environment.optional(URL).ok_or_else(|| {
            AdminError::usage("the API is not known")
                .advise(format!("Set {URL} to the stack's output ApiUrl"))
        })?;
        let url = PublicUrl::parse(&url).map_err(|error| SettingError::new(URL, error))?;
        let key = environment.optional(KEY).ok_or_else(|| {
            AdminError::usage("there is no API key")
                .advise(format!("Set {KEY} to an API key: `keys create` makes one"))
        })?;
        Ok(Self {
            url,
            key,
            connector: connector(environment, TIMEOUT)?,
        })
    }

    pub(super) async fn request(&self, body: &Value) -> Result<Answer, AdminError> {
        let body = Some(body.to_string());
        self.call("POST", "request_email_verification", body).await
    }

    pub(super) async fn status(&self, email: &str) -> Result<Answer, AdminError> {
        let email = utf8_percent_encode(email, NON_ALPHANUMERIC);
        let path = format!("email_verification_status?email={email}");
        self.call("GET", &path, None).await
    }

    async fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, AdminError> {
        let answer = Box::pin(self.send(method, path, body));
        let answer = tokio::time::timeout(TIMEOUT, answer).await;
        answer
            .map_err(Into::into)
            .and_then(|answer| answer)
            .map_err(|error: Source| {
                AdminError::caused_by(format!("no answer from {}", self.url), error).advise(
                    "Check MAILPROOF_URL and the network. For a certificate that is not of Amazon, \
                     set SSL_CERT_FILE to its roots",
                )
            })
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, Source> {
        let mut request = HttpRequest::new(body.map_or_else(SdkBody::empty, SdkBody::from));
        request.set_method(method)?;
        request.set_uri(format!("{}/api/users/{path}", self.url))?;
        let headers = request.headers_mut();
        headers.try_insert("authorization", format!("Bearer {}", self.key))?;
        headers.try_insert("content-type", "application/json")?;
        let mut answer = self.connector.call(request).await?;
        let status = answer.status().as_u16();
        let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
        let body = ByteStream::new(body).collect().await?.into_bytes();
        Ok(Answer {
            status,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsendable_key_is_not_shown() {
        let environment = Environment::from_pairs(&[
            ("MAILPROOF_URL", "http://127.0.0.1:9"),
            ("MAILPROOF_KEY", "evk_\u{7f}secret"),
        ]);
        let api = Api::from_environment(&environment).unwrap();
        assert!(!format!("{api:?}").contains("evk_"));
    }
}
