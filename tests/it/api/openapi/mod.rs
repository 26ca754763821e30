//! `openapi.yaml` and the service agree. That each answer of every other test is one that it
//! describes is checked where answers arrive, in `support::http`.

mod answers;
mod description;
mod provoke;
mod support;
