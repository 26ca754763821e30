//! The HTTP edge: API Gateway events in, answers out.
//!
//! [`events`] makes a Lambda service of a handler, [`Api::answer`] leads a request through the
//! stages that the endpoints share, in this order: path and method, origin, authentication, scope,
//! size, media type, JSON. An endpoint adds its fields and its use case. The page and the route of
//! its script have no such stages: [`respond`] sets the common headers and logs each answer,
//! [`base_path`] matches a path in all its forms, [`Post`] reads what the page posts.

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
mod post;
mod prefer;
mod query;
mod respond;
mod route;
mod state_answer;

pub use answer::Api;
pub use endpoint::{Call, Endpoint};
pub use error::{ApiError, RETRY_UNAVAILABLE_AFTER};
pub use event::events;
pub use nothing_here::nothing_here;
pub use origin::Origin;
pub use post::{Post, PostError, is_cross_site, is_same_origin};
pub use respond::{Outcome, accept_language, accepts, respond};
pub use route::{Method, base_path, public_url};
pub use state_answer::{HSTS, StateAnswer};
