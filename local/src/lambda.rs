//! Lambda, as far as a function can tell: an event goes in as JSON, an answer comes out as JSON.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::request::LambdaRequest;
use lambda_http::{Body, Context, LambdaEvent, Request, Response, Service};
use serde::Serialize;
use serde_json::Value;
use shared::api;
use thiserror::Error;

type Invocation = Pin<Box<dyn Future<Output = Result<String, InvocationError>> + Send>>;

/// A function that can be invoked. Cheap to clone.
#[derive(Clone)]
pub struct Function(Arc<dyn Fn(&str) -> Invocation + Send + Sync>);

/// The function gave no answer. API Gateway tells its caller no more than that.
#[derive(Debug, Error)]
pub enum InvocationError {
    /// The event is none that the function takes.
    #[error("the event is none that the function takes: {0}")]
    Event(#[source] serde_json::Error),
    /// The answer cannot be written as JSON.
    #[error("the answer cannot be written: {0}")]
    Answer(#[source] serde_json::Error),
    /// The function failed, and says so with this. Lambda invokes it again if an event did.
    #[error("the function failed: {0}")]
    Failed(String),
    /// The function panicked.
    #[error("the function crashed")]
    Crashed,
}

impl Function {
    /// A function that answers requests, with the event conversion that it has on Lambda.
    pub fn of_requests<H, F>(handle: H) -> Self
    where
        H: Fn(Request) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        Self(Arc::new(move |event| {
            let handle = handle.clone();
            let event = serde_json::from_str::<LambdaRequest>(event);
            Box::pin(async move {
                let event = event.map_err(InvocationError::Event)?;
                let mut service = api::events(handle);
                let Ok(answer) = service
                    .call(LambdaEvent::new(event, Context::default()))
                    .await;
                serde_json::to_string(&answer).map_err(InvocationError::Answer)
            })
        }))
    }

    /// A function that gets an event as JSON, and fails if it cannot do its work.
    pub fn of_events<H, F, A, E>(handle: H) -> Self
    where
        H: Fn(LambdaEvent<Value>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<A, E>> + Send + 'static,
        A: Serialize,
        E: Into<Diagnostic>,
    {
        let handle = Arc::new(handle);
        Self(Arc::new(move |event| {
            let handle = Arc::clone(&handle);
            let event = serde_json::from_str::<Value>(event);
            Box::pin(async move {
                let event = event.map_err(InvocationError::Event)?;
                let answer = handle(LambdaEvent::new(event, Context::default())).await;
                let failed = |error: E| InvocationError::Failed(error.into().error_message);
                let answer = answer.map_err(failed)?;
                serde_json::to_string(&answer).map_err(InvocationError::Answer)
            })
        }))
    }

    /// Runs the function on one event.
    ///
    /// # Errors
    ///
    /// The function gave no answer.
    pub async fn invoke(&self, event: &str) -> Result<String, InvocationError> {
        // A task of its own, so that a panic ends this invocation and nothing else.
        tokio::spawn((self.0)(event))
            .await
            .unwrap_or(Err(InvocationError::Crashed))
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}
