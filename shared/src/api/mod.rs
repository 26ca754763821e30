//! The HTTP edge: API Gateway events in, answers out.
//!
//! [`events`] makes a Lambda service of a handler, [`Api::answer`] takes a request through the
//! stages that the endpoints share, in this order: path and method, origin, authentication, scope,
//! size, media type, JSON. What is left for an endpoint is its fields and its use case. The page is
//! no such endpoint, and shares what is below: [`respond`] sets the common headers and logs each
//! answer, [`base_path`] knows a path in all its forms.

mod answer;
mod authentication;
mod body;
mod error;
mod event;
pub mod fields;
mod origin;
pub mod parameters;
mod query;
mod respond;
mod route;

pub use answer::{Api, Call, Endpoint};
pub use error::{ApiError, RETRY_UNAVAILABLE_AFTER, Source};
pub use event::events;
pub use origin::Origin;
pub use respond::{Outcome, accept_language, accepts, respond};
pub use route::{Method, base_path, public_url};
