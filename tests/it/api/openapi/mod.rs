//! `openapi.yaml` and the service agree. `support::http` also compares the answers of all other
//! tests with it.

mod answers;
mod description;
mod provoke;
mod support;
