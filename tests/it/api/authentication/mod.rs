//! Personal API keys: where a request may have them, their scopes and their lifetimes.

mod cache;
mod order;
mod place;
mod scopes;
mod support;
