//! The HTTP edge: API Gateway events in, answers out.
//!
//! [`events`] makes a Lambda service of a handler, [`Api::answer`] leads a request through the
//! stages that the endpoints share, in this order: path and method, origin, authentication, scope,
//! size, media type, JSON. An endpoint adds its fields and its use case. The page has no such
//! stages and shares two functions: [`respond`] sets the common headers and logs each answer,
//! [`base_path`] matches a path in all its forms.

mod answer;
mod authentication;
mod body;
mod endpoint;
mod error;
mod event;
pub mod fields;
mod idempotency_key;
mod nothing_here;
mod origin;
pub mod parameters;
mod prefer;
mod query;
mod respond;
mod route;

pub use answer::Api;
pub use endpoint::{Call, Endpoint};
pub use error::{ApiError, RETRY_UNAVAILABLE_AFTER};
pub use event::events;
pub use origin::Origin;
pub use respond::{Outcome, accept_language, accepts, respond};
pub use route::{Method, base_path, public_url};
