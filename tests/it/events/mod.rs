//! Functions that get events: the fixtures, SES's events, the table's stream.

pub mod fixtures;
pub mod mail_events;
pub mod notices;
pub mod publish_events;
