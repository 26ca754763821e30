//! Lambda, as a function sees it: the event and the answer are JSON.

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
use tokio::task::JoinError;

use crate::arrival::Arrival;

type Invocation = Pin<Box<dyn Future<Output = Result<String, InvocationError>> + Send>>;

/// Cheap to clone.
#[derive(Clone)]
pub struct Function(Arc<dyn Fn(&str) -> Invocation + Send + Sync>);

/// The function gave no answer. API Gateway answers 500 without a cause.
#[derive(Debug, Error)]
pub enum InvocationError {
    #[error("the function cannot read the event")]
    Event(#[source] serde_json::Error),
    #[error("the answer cannot be written as JSON")]
    Answer(#[source] serde_json::Error),
    /// Lambda retries an event that failed.
    #[error("the function failed")]
    Failed(#[source] FunctionError),
    #[error("the function panicked")]
    Crashed(#[source] JoinError),
}

/// A function's error, as Lambda keeps it.
#[derive(Debug, Error)]
#[error("{kind}: {message}")]
pub struct FunctionError {
    pub kind: String,
    pub message: String,
}

impl From<Diagnostic> for FunctionError {
    fn from(error: Diagnostic) -> Self {
        Self {
            kind: error.error_type,
            message: error.error_message,
        }
    }
}

impl Function {
    /// A function that answers HTTP requests. Events are converted by the same code as on Lambda.
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

    /// A function that gets events as JSON.
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
                let mut context = Context::default();
                context.request_id = Arrival::now().id.to_string();
                let answer = handle(LambdaEvent::new(event, context)).await;
                let failed = |error: E| InvocationError::Failed(error.into().into());
                let answer = answer.map_err(failed)?;
                serde_json::to_string(&answer).map_err(InvocationError::Answer)
            })
        }))
    }

    /// One of two functions, chosen for each event.
    pub fn either(
        first: Self,
        second: Self,
        is_first: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |event| {
            let chosen = if is_first() { &first } else { &second };
            (chosen.0)(event)
        }))
    }

    /// # Errors
    ///
    /// The function gave no answer.
    pub async fn invoke(&self, event: &str) -> Result<String, InvocationError> {
        // In a separate task, a panic ends this invocation and nothing else.
        tokio::spawn((self.0)(event))
            .await
            .unwrap_or_else(|error| Err(InvocationError::Crashed(error)))
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}
