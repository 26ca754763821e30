//! `admin doctor`, on the stack that `template.yaml` declares, with one fault at a time.

mod answers;
mod call;
mod cloud;
mod deployed;
mod dmarc;
mod event_types;
mod faults;
mod local;
mod permissions;
mod references;
mod report;
mod ses;
mod settings;
mod support;
mod wire;
