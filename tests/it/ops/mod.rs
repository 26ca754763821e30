//! What operators and maintainers rely on: the admin tool, the template, permissions, metrics,
//! layers.

pub mod admin;
mod costs;
mod endpoints;
mod examples;
mod growth;
mod inbox;
mod layers;
mod local_chaos;
mod local_data;
mod local_ports;
mod local_preview;
mod local_ses;
mod local_ses_sending;
mod local_settings;
mod local_stack;
mod metrics;
mod permissions;
mod reconcile;
mod recovery;
mod refusals;
mod registry;
mod republish;
mod scale;
mod secrets;
mod settings;
mod template;
mod unsuppress;
mod upgrade;
