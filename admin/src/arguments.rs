//! What may be asked on the command line.

#![expect(
    clippy::doc_markdown,
    reason = "a terminal shows these docs as they are"
)]

use clap::{Args, Parser, Subcommand};

/// Looks after a Mailproof table: its API keys, and what it holds on a person.
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

    /// Answer in JSON, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

const AFTER_HELP: &str = "\
Credentials are found where every AWS tool finds them: in the environment, in a profile, by
credential_process, or after `aws sso login`.

It ends with 0 when all is well, with 1 when nothing is on record or something went wrong, and with
2 when it was asked in a way that it does not understand.";

/// Which table, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Table")]
pub(crate) struct Connection {
    /// The table: TableName among the outputs of the stack. Else TABLE_NAME names it.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) table: Option<String>,

    /// Its region. Else AWS_REGION or the profile names it.
    #[arg(long, global = true)]
    pub(crate) region: Option<String>,

    /// The profile in ~/.aws to use, whatever credentials the environment has.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Another DynamoDB than that of AWS, and of nothing else. Else AWS_ENDPOINT_URL_DYNAMODB or
    /// AWS_ENDPOINT_URL names it.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Keys(KeysCommand),

    /// Show what is on record about a person, and never a secret.
    #[command(after_help = STATUS_HELP)]
    Status {
        /// Whom: an email address, or the id of a user.
        #[arg(value_name = "EMAIL|UUID")]
        whom: String,
    },

    /// Give a user all attempts at a code back.
    #[command(after_help = UNLOCK_HELP)]
    Unlock {
        /// Whom: an email address, or the id of a user.
        #[arg(value_name = "EMAIL|UUID")]
        whom: String,
    },

    /// Let mail go again to an address that bounced or complained.
    #[command(after_help = UNSUPPRESS_HELP)]
    Unsuppress {
        /// Which address.
        #[arg(value_name = "EMAIL")]
        email: String,

        #[command(flatten)]
        ses: Ses,
    },

    /// Record the bounces and complaints that SES lists and no event told.
    #[command(after_help = RECONCILE_HELP)]
    Reconcile {
        /// Show what would be recorded, and change nothing.
        #[arg(long)]
        dry_run: bool,

        #[command(flatten)]
        ses: Ses,
    },

    /// Erase what is held on a person.
    #[command(after_help = FORGET_HELP)]
    Forget {
        /// Whom: an email address, or the id of a user.
        #[arg(value_name = "EMAIL|UUID")]
        whom: String,

        /// Do not ask first.
        #[arg(long)]
        yes: bool,
    },
}

/// Which SES.
#[derive(Debug, Args)]
pub(crate) struct Ses {
    /// Another SES than that of AWS. Else AWS_ENDPOINT_URL_SESV2 or AWS_ENDPOINT_URL names it. With
    /// --endpoint-url one of them has to, so that a table on this machine never meets the list of
    /// an account.
    #[arg(long, value_name = "URL")]
    pub(crate) ses_endpoint_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and show it, this one time.
    Create(CreateKey),

    /// List the keys. None can be shown again.
    List,

    /// Revoke a key: within 60 seconds it works nowhere any more.
    Revoke {
        /// The key's ID from `keys list`, or its first 8 digits or more.
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CreateKey {
    /// Whose key it is, in your own words.
    #[arg(long)]
    pub(crate) label: String,

    /// What the key may do: user:write, or * for everything there will be. Several with commas.
    #[arg(
        long,
        value_name = "SCOPES",
        value_delimiter = ',',
        default_value = shared::domain::api_key::USER_WRITE
    )]
    pub(crate) scopes: Vec<String>,

    /// How long it works: so many hours, days or weeks, as in 12h, 90d, 2w. Without it the key
    /// works until it is revoked.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
}

const STATUS_HELP: &str = "\
With an address it reads the whole table, to find every user who has it.

If nothing is on record it ends with 1. The JSON then says so with null and with empty lists:
  {\"email\": …, \"derived_uuid\": …, \"address\": null, \"users\": []}
  {\"uuid\": …, \"user\": null}";

const UNLOCK_HELP: &str = "\
Five codes may be tried in 30 minutes in the app, and five on the page. After 100 wrong codes in a row no
code is compared any more until a link verifies. This command ends both at once. Links are never locked.

With an address it reads the whole table, to find every user who has it.

If no codes were tried it ends with 1.";

const UNSUPPRESS_HELP: &str = "\
It takes the address off the suppression list that SES keeps for the account, in the region of the
table, and then off the record. The next request is mailed. If that email bounces, or its reader
complains again, the address is suppressed again; what is only told late, of before, does not do so.

It asks nothing first. Be sure that the mailbox works now, or that its reader wants the email: SES
pauses accounts whose emails bounce or are complained of.

SES lists an address in the case in which it was mailed, and finds it in no other. This command tries
the spelling of the email that came back, yours, and the one in lower case. `aws sesv2
list-suppressed-destinations` shows whether there is another.

If the address is suppressed neither here nor by SES it ends with 1.";

const RECONCILE_HELP: &str = "\
SES hands its events to EventBridge on a best-effort basis: AWS says that one may get lost in rare
cases. Its suppression list has the address all the same. This command reads the list in the region of
the table and records each bounce and complaint that the table does not have, with the moment at which
SES listed it. From then on requests for the address are refused, and an Email Undeliverable event goes
out.

The list is the whole account's. An address is recorded if the table has a record of it, which stays for
30 days after its last email, or of a user whose id is derived from it. All others are counted and
nothing more.

An address that was unsuppressed after SES listed it stays unsuppressed and is shown: it is still on the
list, so SES delivers nothing there. `unsuppress` takes it off.

It changes nothing at SES. It reads one page of the list a second. Doing it again does no harm, and after
a failure it does the rest. It ends with 0 whether or not something was missed.";

const FORGET_HELP: &str = "\
With the id of a user it deletes the user's record and the records of the user's addresses. A record
of an address that another user has, too, is kept.

With an address it deletes the record of the address, and all of every user who has it: with other
addresses of theirs, and with what they verified. One kind of user is kept: who has verified another
address and merely asked to move to this one. That request is withdrawn, the verification stays. To
erase such a user as well, give the id.

It says what it will delete and asks first. Doing it again does no harm. A request that arrives at
that very moment writes anew, and doing it again then erases that.

What it does not reach: backups of the table (point-in-time recovery goes back up to 35 days) and its
stream (a day), the functions' logs (addresses are masked there, and leave after LogRetentionDays),
events in the dead-letter queue (two weeks at the most), the suppression list of SES, and addresses
that a user had before, of which nothing says whose they were.

What becomes of emails that are out already is told later, by SES. If one bounces or is complained of
after all, its address is put on record again, as one that gets no more mail. Nothing else is.";
