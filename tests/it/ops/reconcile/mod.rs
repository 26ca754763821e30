//! `admin reconcile`: bounces and complaints that SES lists and no event reported.

mod addresses;
mod errors;
mod recording;
mod support;
mod unsuppressed;
