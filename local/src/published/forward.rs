//! Posts each event to the adopter's backend, as a rule with an API destination does (EventBridge
//! User Guide, "API destinations as targets"): the same attempts are retried, and each has the same
//! timeout. The retries end earlier, since a person waits for them.

mod post;
mod target;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use serde::Serialize;
use thiserror::Error;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::{Published, PublishedEvent};
pub use post::forwarding_rules;
use post::{FIRST_BACKOFF, HttpClient, Post};
pub use target::{InvalidTarget, Target};

/// Whether the backend accepted an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Forwarding {
    pub(crate) state: ForwardingState,
    pub(crate) attempts: u32,
    /// The answer to the last attempt, or why there was no answer.
    pub(crate) outcome: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ForwardingState {
    Accepted,
    Retrying,
    Failed,
}

/// The text is for the person who gave an HTTPS URL.
#[derive(Debug, Error)]
pub enum ForwarderError {
    #[error("set SSL_CERT_FILE to a file of root certificates; --events-to needs them for https")]
    Roots(#[source] io::Error),
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// Gets all events that a bus publishes from now on.
#[derive(Debug)]
pub struct Forwarder {
    published: Published,
    events: UnboundedReceiver<PublishedEvent>,
    post: Post,
}

impl Forwarder {
    /// # Errors
    ///
    /// The target is an HTTPS URL, and this machine has no root certificates.
    pub fn new(published: &Published, target: &Target) -> Result<Self, ForwarderError> {
        Self::with_backoff(published, target, FIRST_BACKOFF)
    }

    fn with_backoff(
        published: &Published,
        target: &Target,
        first_backoff: Duration,
    ) -> Result<Self, ForwarderError> {
        Ok(Self {
            post: Post {
                client: client(target)?,
                target: target.clone(),
                first_backoff,
            },
            events: published.subscribe(target.to_string()),
            published: published.clone(),
        })
    }

    /// Posts each event on its own: like EventBridge, it promises no order, and one that fails
    /// holds up no other.
    pub async fn run(mut self) {
        let mut posts = JoinSet::new();
        while let Some(event) = self.events.recv().await {
            posts.spawn(self.post.clone().post(self.published.clone(), event));
            while posts.try_join_next().is_some() {}
        }
        posts.join_all().await;
    }
}

/// TLS has the roots of this machine, or those of `SSL_CERT_FILE`. Without TLS no roots are needed.
fn client(target: &Target) -> Result<HttpClient, ForwarderError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let connector = HttpsConnectorBuilder::new();
    let connector = if target.is_https() {
        connector
            .with_provider_and_native_roots(provider)
            .map_err(ForwarderError::Roots)?
    } else {
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        connector.with_tls_config(config)
    };
    let connector = connector.https_or_http().enable_http1().build();
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}
