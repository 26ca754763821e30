//! What to start, and where.

use std::net::IpAddr;
use std::path::PathBuf;

use super::overrides::Overrides;
use crate::edge::Rule;
use crate::published::Target;

#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// 0 is any free port, here and below.
    pub port: u16,
    pub dynamodb_port: u16,
    /// The port of the inbox, SES and EventBridge.
    pub inbox_port: u16,
    /// `None`: the key of the data folder, or a new one.
    pub api_key: Option<String>,
    /// The folder of the table. `None`: the table is in memory.
    pub data: Option<PathBuf>,
    /// Start DynamoDB, SES, EventBridge and the inbox without the functions, and store
    /// [`fixtures`](crate::fixtures).
    pub backing_only: bool,
    /// Where the events for the adopter are posted.
    pub events_to: Option<Target>,
    /// Which calls break, from the start.
    pub chaos: Vec<Rule>,
    /// Settings of the functions in place of the defaults.
    pub overrides: Overrides,
}
