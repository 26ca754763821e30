//! `admin doctor`, on the stack that `template.yaml` declares, with one fault at a time.

mod cloud;
mod dmarc;
mod faults;
mod local;
mod permissions;
mod report;
mod ses;
mod settings;
mod support;
mod wire;
