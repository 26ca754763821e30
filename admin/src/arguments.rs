//! The command line. The doc comments here are its help.

#![expect(
    clippy::doc_markdown,
    reason = "a terminal shows these docs as they are"
)]

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};
use shared::domain::clock::Timestamp;
use thiserror::Error;

use crate::help::{
    AFTER_HELP, CREATE_HELP, DOCTOR_HELP, FORGET_HELP, IMPORT_HELP, LIST_HELP, LIST_KEYS_HELP,
    PROOF_HELP, RECONCILE_HELP, REPUBLISH_HELP, REVOKE_HELP, SEND_TEST_HELP, STATS_HELP,
    STATUS_HELP, UNLOCK_HELP, UNSUPPRESS_HELP, VERIFY_HELP,
};

/// API keys, suppressed addresses, and what is on record about a person.
#[derive(Debug, Parser)]
#[command(
    name = "admin",
    version,
    after_help = AFTER_HELP,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print JSON, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Table")]
pub(crate) struct Connection {
    /// The table: the stack's output TableName. Default: TABLE_NAME.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) table: Option<String>,

    /// The table's region. Default: AWS_REGION, else the profile's.
    #[arg(long, global = true)]
    pub(crate) region: Option<String>,

    /// A profile in ~/.aws, used instead of credentials in the environment.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Another DynamoDB than AWS's. Default: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Keys(KeysCommand),

    /// Show what is on record about a person. Shows no secrets.
    #[command(after_help = STATUS_HELP)]
    Status {
        /// An email address, or the UUID of a user.
        #[arg(value_name = "EMAIL|UUID")]
        subject: String,

        #[command(flatten)]
        search: Search,
    },

    /// List users, or the addresses that get no mail.
    #[command(after_help = LIST_HELP)]
    List(List),

    /// Count what is on record.
    #[command(after_help = STATS_HELP)]
    Stats,

    /// Record that a user verified an address, without a proof.
    #[command(after_help = VERIFY_HELP)]
    Verify {
        /// The user.
        uuid: String,

        /// The address, in the user's spelling.
        #[arg(value_name = "EMAIL")]
        email: String,
    },

    /// Create a link and a code without a mail.
    #[command(subcommand)]
    Proof(ProofCommand),

    /// Request a verification as a backend does, and wait for what SES reports.
    #[command(after_help = SEND_TEST_HELP)]
    SendTest(SendTest),

    /// Record users who were verified elsewhere.
    #[command(after_help = IMPORT_HELP)]
    Import(Import),

    /// Reset a user's attempts at codes.
    #[command(after_help = UNLOCK_HELP)]
    Unlock {
        /// An email address, or the UUID of a user.
        #[arg(value_name = "EMAIL|UUID")]
        subject: String,

        #[command(flatten)]
        search: Search,
    },

    /// Allow mail again to an address that bounced or complained, or whose reader refused mail.
    #[command(after_help = UNSUPPRESS_HELP)]
    Unsuppress {
        /// The address.
        #[arg(value_name = "EMAIL")]
        email: String,

        #[command(flatten)]
        ses: Ses,
    },

    /// Record bounces and complaints that SES lists and no event reported.
    #[command(after_help = RECONCILE_HELP)]
    Reconcile {
        /// Show what would be recorded, and change nothing.
        #[arg(long)]
        dry_run: bool,

        #[command(flatten)]
        ses: Ses,
    },

    /// Publish events that the table's stream has lost.
    #[command(after_help = REPUBLISH_HELP)]
    Republish(Republish),

    /// Check everything that must be right between the deployment and the first mail.
    #[command(after_help = DOCTOR_HELP)]
    Doctor {
        #[command(flatten)]
        ses: Ses,
    },

    /// Delete what is on record about a person.
    #[command(
        after_help = FORGET_HELP,
        override_usage = "admin forget [OPTIONS] <EMAIL|UUID>\n       \
                          admin forget [OPTIONS] --file <FILE>"
    )]
    Forget(Forget),
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Search {
    /// Read the whole table to find every user with the address.
    #[arg(long)]
    pub(crate) scan: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only users who have verified no address.
    #[arg(long, conflicts_with = "suppressed")]
    pub(crate) unverified: bool,

    /// The addresses that get no mail, instead of users.
    #[arg(long)]
    pub(crate) suppressed: bool,

    /// Only addresses of this domain, without its subdomains.
    #[arg(long)]
    pub(crate) domain: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// CSV with a header, or JSON lines. - reads standard input.
    pub(crate) file: String,

    /// Check the file, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Import the other lines if some are wrong.
    #[arg(long)]
    pub(crate) skip_refused: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// An email address, or the UUID of a user.
    #[arg(
        value_name = "EMAIL|UUID",
        required_unless_present = "file",
        conflicts_with = "file"
    )]
    pub(crate) subject: Option<String>,

    /// A file with an address or a UUID on each line, which are deleted after one question.
    #[arg(long)]
    pub(crate) file: Option<String>,

    #[command(flatten)]
    pub(crate) search: Search,

    /// Delete without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Ses {
    /// Another SES than AWS's. Needed with --endpoint-url.
    /// Default: AWS_ENDPOINT_URL_SESV2, AWS_ENDPOINT_URL.
    #[arg(long, value_name = "URL", verbatim_doc_comment)]
    pub(crate) ses_endpoint_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Republish {
    /// The oldest timestamp in an event, such as 2026-11-26T00:00:00Z.
    #[arg(long, value_name = "TIMESTAMP", value_parser = timestamp)]
    pub(crate) since: Timestamp,

    /// The function of the stack's resource PublishEventsFunction.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) function: String,

    /// Count the events, and publish nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Error)]
#[error("give a timestamp as in RFC 3339")]
struct NoTimestamp;

fn timestamp(text: &str) -> Result<Timestamp, NoTimestamp> {
    Timestamp::parse(text).ok_or(NoTimestamp)
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Create a key and show it once.
    #[command(after_help = CREATE_HELP)]
    Create(CreateKey),

    /// List all keys, without their secrets.
    #[command(after_help = LIST_KEYS_HELP)]
    List,

    /// Revoke a key. It stops working within 60 seconds.
    #[command(after_help = REVOKE_HELP)]
    Revoke {
        /// The ID from `keys list`, or at least its first 8 digits.
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SendTest {
    /// Where the mail goes: an address that nobody verified.
    #[arg(value_name = "EMAIL")]
    pub(crate) email: String,

    /// The longest wait for SES's report, in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = seconds
    )]
    pub(crate) wait: u64,
}

const LONGEST_WAIT: u64 = 60 * 60;

#[derive(Debug, Error)]
#[error("give whole seconds, from 0 to {LONGEST_WAIT}")]
struct NoSeconds;

fn seconds(text: &str) -> Result<u64, NoSeconds> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| *seconds <= LONGEST_WAIT)
        .ok_or(NoSeconds)
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProofCommand {
    /// Print a link and a code for an address, and mail nothing.
    #[command(after_help = PROOF_HELP)]
    Create {
        /// The address that they verify.
        #[arg(value_name = "EMAIL")]
        email: String,

        /// The user. Default: the only one with the address, or else the UUID derived from it.
        #[arg(long)]
        uuid: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CreateKey {
    /// Who uses the key.
    #[arg(long)]
    pub(crate) label: String,

    /// What the key may do: user:read for every GET, user:write for every call, or * for
    /// everything. Separate several with commas.
    #[arg(
        long,
        value_name = "SCOPES",
        value_delimiter = ',',
        default_value = shared::domain::api_key::USER_WRITE
    )]
    pub(crate) scopes: Vec<String>,

    /// The lifetime in hours, days or weeks, such as 12h, 90d, 2w. Default: until it is revoked.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
}
