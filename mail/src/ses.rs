//! SES's client and its connections.
//!
//! `SendEmail` has no idempotency token, so it is retried only after an attempt that certainly sent
//! nothing (`retry`), and never sent on an idle connection (`idle_connections`).

use std::time::Duration;

use aws_sdk_sesv2::types::EmailContent;
use aws_sdk_sesv2::{Client, config};
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use shared::runtime::aws::{Aws, Service, open_connection, rehearsal};
use shared::runtime::settings::Environment;

use crate::idle_connections::IdleConnections;
use crate::retry::RetryUnsent;

/// A call to SES with its retries.
pub const SES_OPERATION: Duration = Duration::from_secs(5);
/// One attempt of it.
pub const SES_ATTEMPT: Duration = Duration::from_secs(3);

const SES: Service = Service {
    endpoint_variable: "AWS_ENDPOINT_URL_SESV2",
    attempt: SES_ATTEMPT,
    operation: SES_OPERATION,
};

/// A connection that idled for this long is replaced. Nothing on the way closes one sooner: a NAT
/// gateway forgets it after 350 seconds. But Lambda may freeze the instance meanwhile, for any
/// time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);

/// SES, ready to be called. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Ses {
    pub(crate) client: Client,
    connections: IdleConnections,
}

impl Ses {
    #[must_use]
    pub fn new(aws: &Aws, environment: &Environment) -> Self {
        Self::with_idle_timeout(aws, environment, IDLE_TIMEOUT)
    }

    /// With another idle timeout than the functions have, so that a test need not wait.
    #[must_use]
    pub fn with_idle_timeout(aws: &Aws, environment: &Environment, idle_timeout: Duration) -> Self {
        let connections = IdleConnections::new(aws.connector(), idle_timeout);
        let connector = SharedHttpConnector::new(connections.clone());
        let config = aws.service_config(&SES, environment, Some(connector));
        let config = config::Builder::from(&config).retry_classifier(RetryUnsent);
        Self {
            client: Client::from_conf(config.build()),
            connections,
        }
    }

    /// Before the first mail: see [`rehearsal`].
    pub async fn warm(&self) {
        let rehearsing = config::Builder::new().http_client(rehearsal(self.connections.clone()));
        let call = self
            .client
            .send_email()
            .content(EmailContent::builder().build())
            .customize()
            .config_override(rehearsing);
        // The rehearsal has logged an error.
        let _ = call.send().await;
    }

    /// Drops idle connections, and opens a new one if no other is left. Run it beside other work.
    pub async fn refresh_connection(&self) {
        if !self.connections.drop_idle()
            && let Some(origin) = self.connections.origin()
        {
            open_connection(&self.connections, origin).await;
        }
    }
}
