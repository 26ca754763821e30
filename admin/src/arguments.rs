//! The command line. The doc comments here are its help.

#![expect(
    clippy::doc_markdown,
    reason = "a terminal shows these docs as they are"
)]

use clap::{Args, Parser, Subcommand};

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

const AFTER_HELP: &str = "\
Credentials come from where every AWS tool finds them: the environment, a profile, a credential
process, or `aws sso login`.

Exit codes: 0 for success, 1 if nothing is on record or a call failed, 2 for a wrong command line.
With --json, the error of a command is a line of JSON on standard error.

Example:
  export TABLE_NAME=mailproof AWS_REGION=eu-central-1
  admin status ada@example.com";

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

    /// Allow mail again to an address that bounced or complained.
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

    /// Check everything that must be right between the deployment and the first mail.
    #[command(after_help = DOCTOR_HELP)]
    Doctor {
        #[command(flatten)]
        ses: Ses,
    },

    /// Delete what is on record about a person.
    #[command(after_help = FORGET_HELP)]
    Forget {
        /// An email address, or the UUID of a user.
        #[arg(
            value_name = "EMAIL|UUID",
            required_unless_present = "file",
            conflicts_with = "file"
        )]
        subject: Option<String>,

        /// A file with an address or a UUID on each line, which are deleted after one question.
        #[arg(long)]
        file: Option<String>,

        #[command(flatten)]
        search: Search,

        /// Delete without asking.
        #[arg(long)]
        yes: bool,
    },
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
pub(crate) struct Ses {
    /// Another SES than AWS's. Needed with --endpoint-url.
    /// Default: AWS_ENDPOINT_URL_SESV2, AWS_ENDPOINT_URL.
    #[arg(long, value_name = "URL", verbatim_doc_comment)]
    pub(crate) ses_endpoint_url: Option<String>,
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
        value_parser = clap::value_parser!(u64).range(0..=3600)
    )]
    pub(crate) wait: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProofCommand {
    /// Print a link and a code for an address, and mail nothing.
    #[command(after_help = PROOF_HELP)]
    Create {
        /// The address that they verify.
        #[arg(value_name = "EMAIL")]
        email: String,

        /// The user. Default: the UUID that is derived from the address.
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

const CREATE_HELP: &str = "\
The table stores the key's SHA-256. The key cannot be shown again.

Example:
  admin keys create --label backend --expires 90d";

const LIST_KEYS_HELP: &str = "\
Reads the whole table. The ID of a key is in the logs of its calls, as span.api_key.

Example:
  admin keys list";

const REVOKE_HELP: &str = "\
Reads the whole table.

Example:
  admin keys revoke 3f9a04c81d27";

const STATUS_HELP: &str = "\
With an address, it shows every user who verified the address, or for whom it was mailed in the last
30 days. --scan also finds a verified user who requested a change to the address before that and
never verified it. It changes nothing.

The limit of mails in 24 hours is the stack's parameter MailsPerDay, which is a tag of the table.
Without permission for dynamodb:DescribeTable and ListTagsOfResource, only the count is shown.

If nothing is on record, the exit code is 1 and the JSON is one of these:
  {\"email\": …, \"derived_uuid\": …, \"address\": null, \"users\": []}
  {\"uuid\": …, \"user\": null}

Example:
  admin status ada@example.com";

const LIST_HELP: &str = "\
Reads the whole table, and prints each user or address as it is found. With --json, each is a JSON
object on a line of its own. Of a user it shows the verified address, and the address of a request
that waits or has expired.

Example:
  admin list --unverified --domain example.com";

const STATS_HELP: &str = "\
Reads the whole table.

Example:
  admin stats";

const VERIFY_HELP: &str = "\
For a user of whom you know by other means that the address is theirs. It replaces an address that
the user verified before. A request to change to another address stays pending. Email Verified is
published, with the method operator. If the address was verified already, nothing changes.

Example:
  admin verify 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99 Ada@example.com";

const PROOF_HELP: &str = "\
For support, end-to-end tests and staging. Both are secrets: whoever has one verifies the address.
They are stored as those of a request: earlier ones for the same address keep working, those for
another address stop. They count against no limit, and work for an address that gets no mail.

It reads the settings of the functions from the environment: CODE_KEYS; PUBLIC_URL, or
VERIFICATION_URL if the stack has it; LINK_LIFETIME_HOURS and CODE_LIFETIME_MINUTES if they are not
the defaults. CODE_KEYS is a secret of the stack. Set it for this command alone, as below.

Example:
  secret=$(aws cloudformation describe-stack-resource --stack-name mailproof \\
    --logical-resource-id CodeKey --query StackResourceDetail.PhysicalResourceId --output text)
  CODE_KEYS=$(aws secretsmanager get-secret-value --secret-id \"$secret\" \\
    --query SecretString --output text) PUBLIC_URL=https://verify.example.com \\
    admin proof create ada@example.com";

const SEND_TEST_HELP: &str = "\
It calls the deployed API at MAILPROOF_URL with the key in MAILPROOF_KEY, and needs no AWS
credentials. It trusts Amazon's certificates, or those in SSL_CERT_FILE. The mail counts as any
other. In SES's sandbox, only addresses of SES's simulator and verified ones get it.

The exit code is 0 if the mail was delivered, and 1 if it was not, or SES reported nothing in time.

Example:
  export MAILPROOF_URL=https://verify.example.com
  MAILPROOF_KEY=$(cat key) admin send-test success@simulator.amazonses.com";

const IMPORT_HELP: &str = "\
The columns of the CSV, or members of each JSON object:
  email        the address, as the user spells it
  verified_at  when it was verified, such as 2026-11-23T12:00:00Z or 2026-11-23 12:00:00+00
  uuid         your ID of the user; without it, it is derived from the address
Others are ignored.

It checks the whole file before it writes. If lines are wrong, it shows them and writes nothing.
A user who verified another address later, or at the same time, keeps that. It is safe to repeat,
and continues a run that stopped. Email Verified is published for each user that it writes, with the
method operator.

Example:
  admin import users.csv --dry-run";

const UNLOCK_HELP: &str = "\
A user has 5 attempts at codes in 30 minutes in the app, and 5 on the page. After 100 wrong codes
in a row, codes are locked until a link verifies. This command resets all three counts. Links are
never locked.

With an address, it resets every user who verified it, or for whom it was mailed in the last 30
days; with --scan, every user who has it. If no attempts are on record, the exit code is 1.

Example:
  admin unlock ada@example.com";

const UNSUPPRESS_HELP: &str = "\
It removes the address from SES's suppression list of the account, in the region of the table, and
then the suppression from the table. It does not ask first. The next request sends a mail. If that
bounces, or its reader complains, the address is suppressed again. Late events about earlier mails
do not suppress it again.

Be sure that the mailbox works, or that its reader wants the mail: SES pauses accounts with many
bounces or complaints.

SES's list distinguishes upper and lower case. The command tries the spelling of the mail that
bounced, yours, and yours in lower case. `aws sesv2 list-suppressed-destinations` shows others.

If the address is suppressed neither in the table nor at SES, the exit code is 1.

Example:
  admin unsuppress ada@example.com";

const RECONCILE_HELP: &str = "\
SES sends events on a best-effort basis, so in rare cases one is lost. SES's suppression list has
the address anyway. This command reads the list in the region of the table, and records each bounce
and complaint that the table lacks, with the time at which SES listed it. Requests for the address
are then refused, and Email Undeliverable is published.

The list belongs to the whole account. An address is recorded only if the table has a record of it
(until 30 days after its last mail), or of the user whose UUID is derived from it. Others are only
counted.

An address that you unsuppressed after SES listed it stays unsuppressed, and is shown: SES delivers
nothing there until you run `unsuppress` again.

It changes nothing at SES, and reads one page of the list a second. It is safe to repeat, and
completes a run that failed. The exit code is 0 whether or not something was missed.

Example:
  admin reconcile --dry-run";

const DOCTOR_HELP: &str = "\
It changes nothing. Each line is OK, a WARNING, a PROBLEM with the command that mends it, or UNKNOWN
if it could not look, for example without the permission that the line names. With --json it prints
an array of objects with id, status, text and command.

With another endpoint of DynamoDB than AWS's, it asks only services whose endpoint is given, as
AWS_ENDPOINT_URL or, for example, AWS_ENDPOINT_URL_LAMBDA. It looks up the DMARC record with `dig`.

The exit code is 1 if there is a problem. Warnings and unknown lines do not change it.

Example:
  admin doctor";

const FORGET_HELP: &str = "\
With a UUID, it deletes the user and the records of the user's addresses. The record of an address
that another user has too is kept.

With an address, it deletes the record of the address and every user who has it, with the users'
other addresses and verifications. One exception: a user who verified another address, and only
requested to change to this one, is kept without that request. To delete that user, give the UUID.
Such a request that is older than 30 days is found with --scan alone.

It shows what it will delete and asks first. It is safe to repeat. If a request arrives at the same
time, repeat it to delete what that wrote.

It does not reach:
  * backups of the table (up to 35 days) and its stream (24 hours)
  * logs (addresses are masked; kept for LogRetentionDays)
  * events in the dead-letter queue (up to 14 days)
  * SES's suppression list
  * earlier addresses of a user: no record says whose they were

If a mail that was sent before bounces later, or its reader complains, its address is recorded
again, as suppressed.

With --file, the whole file is checked first. With --scan too, the table is read for each line.

Example:
  admin forget ada@example.com
  admin forget --file erasures.txt";

#[cfg(test)]
mod tests {
    use shared::domain::rate_limit::{CodeLimit, MailLimit};

    use super::*;

    #[test]
    fn help_names_the_limits() {
        let codes = CodeLimit::DEFAULT;
        let (attempts, minutes) = (codes.attempts.max, codes.attempts.window.as_secs() / 60);
        let wrong = codes.wrong_in_a_row;
        let days = MailLimit::UNVERIFIED_WINDOW.as_secs() / (24 * 60 * 60);
        for (help, phrase) in [
            (
                UNLOCK_HELP,
                format!("{attempts} attempts at codes in {minutes} minutes in the app"),
            ),
            (UNLOCK_HELP, format!("{attempts} on the page")),
            (UNLOCK_HELP, format!("{wrong} wrong codes\nin a row")),
            (
                RECONCILE_HELP,
                format!("until {days} days after its last mail"),
            ),
        ] {
            assert!(help.contains(&phrase), "{phrase}");
        }
    }
}
