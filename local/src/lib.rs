//! The whole service on one machine: the functions that are deployed, between stand-ins for what
//! surrounds them on AWS.
//!
//! * [`functions`] names each function and what invokes it;
//! * [`gateway`] turns HTTP requests into API Gateway events and Lambda's answers back into HTTP;
//! * [`lambda`] runs the real handlers on those events;
//! * [`dynamodb`] is an embedded DynamoDB with the table of `template.yaml`;
//! * [`ses`] accepts mails, [`inbox`] shows them, [`event_bus`] carries their delivery status;
//! * [`stream`] reads the table's changes, [`published`] keeps the events for the adopter;
//! * [`edge`] stands in front of DynamoDB, SES and EventBridge, counts calls and breaks them as
//!   [`chaos`] says;
//! * [`stack`] starts all of these;
//! * [`preview`] writes all mails and all states of the page into files;
//! * [`program`] is how a person starts it.
//!
//! Only the network edge is replaced. The functions call their stand-ins through the real AWS SDK.

mod arrival;
mod body;
pub mod captured_mails;
pub mod chaos;
mod date;
pub mod dynamodb;
pub mod edge;
pub mod event_bus;
pub mod fixtures;
pub mod functions;
pub mod gateway;
pub mod inbox;
pub mod lambda;
pub mod preview;
pub mod program;
pub mod published;
mod scheme;
pub mod ses;
pub mod stack;
pub mod stream;
mod watched;
