//! What `--help` says after the arguments of a command.

pub(crate) const AFTER_HELP: &str = "\
Credentials come from where every AWS tool finds them: the environment, a profile, a credential
process, or `aws sso login`.

Exit codes: 0 for success, 1 for a failure, 2 for a wrong command line or setting. With --json, an
error is a line of JSON on standard error.

Example:
  export TABLE_NAME=mailproof AWS_REGION=eu-central-1
  admin status ada@example.com

Without an installed `admin`, `cargo run --bin admin --` in the repository is the same, for example
`cargo run --bin admin -- status ada@example.com`. docs/develop.md has the variables for the table
of `cargo run`.";

pub(crate) const CREATE_HELP: &str = "\
The table stores the key's SHA-256. The key cannot be shown again.

Example:
  admin keys create --label backend --expires 90d";

pub(crate) const LIST_KEYS_HELP: &str = "\
Reads the whole table. The ID of a key is in the logs of its calls, as span.api_key.

Example:
  admin keys list";

pub(crate) const REVOKE_HELP: &str = "\
Reads the whole table.

Example:
  admin keys revoke 3f9a04c81d27";

pub(crate) const STATUS_HELP: &str = "\
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

pub(crate) const LIST_HELP: &str = "\
Reads the whole table, and prints each user or address as it is found. With --json, each is a JSON
object on a line of its own. Of a user it shows the verified address, and the address of a request
that waits or has expired.

Example:
  admin list --unverified --domain example.com";

pub(crate) const STATS_HELP: &str = "\
Reads the whole table.

Example:
  admin stats";

pub(crate) const VERIFY_HELP: &str = "\
For a user of whom you know by other means that the address is theirs. It replaces an address that
the user verified before. A request to change to another address stays pending. Email Verified is
published, with the method operator. If the address was verified already, nothing changes.

Example:
  admin verify 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99 Ada@example.com";

pub(crate) const PROOF_HELP: &str = "\
For support, end-to-end tests and staging. Both are secrets: anybody who has one can verify the
address. They are stored as those of a request: earlier ones for the same address keep working,
those for another address stop. They count against no limit, and work for an address that gets no
mail.

It reads the settings of the functions from the environment: CODE_KEYS; PUBLIC_URL, or
VERIFICATION_URL if the stack has it; LINK_LIFETIME_HOURS and CODE_LIFETIME_MINUTES if they are not
the defaults. CODE_KEYS is a secret of the stack. Set it for this command alone, as below.

Example:
  secret=$(aws cloudformation describe-stack-resource --stack-name mailproof \\
    --logical-resource-id CodeKey --query StackResourceDetail.PhysicalResourceId --output text)
  CODE_KEYS=$(aws secretsmanager get-secret-value --secret-id \"$secret\" \\
    --query SecretString --output text) PUBLIC_URL=https://verify.example.com \\
    admin proof create ada@example.com";

pub(crate) const SEND_TEST_HELP: &str = "\
It calls the deployed API at MAILPROOF_URL with the key in MAILPROOF_KEY, and needs no AWS
credentials. It trusts Amazon's certificates, or those in SSL_CERT_FILE. The mail counts as any
other. In SES's sandbox, only addresses of SES's simulator and verified ones get it.

The exit code is 0 if the mail was delivered, and 1 if it was not, or SES reported nothing in time.

Example:
  export MAILPROOF_URL=https://verify.example.com
  MAILPROOF_KEY=$(cat key) admin send-test success@simulator.amazonses.com";

pub(crate) const IMPORT_HELP: &str = "\
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

pub(crate) const UNLOCK_HELP: &str = "\
A user has 5 attempts at codes in 30 minutes in the app, and 5 on the page. After 100 wrong codes
in a row, codes are locked until a link verifies. This command resets all three counts. Links are
never locked.

With an address, it resets every user who verified it, or for whom it was mailed in the last 30
days; with --scan, every user who has it. If no attempts are on record, the exit code is 1.

Example:
  admin unlock ada@example.com";

pub(crate) const UNSUPPRESS_HELP: &str = "\
It removes the address from SES's suppression list of the account, in the region of the table, and
then the suppression from the table. It does not ask first. The next request sends a mail. If that
bounces, or its reader complains, the address is suppressed again. Late events about earlier mails
do not suppress it again.

If only its reader refused mail, on the page, the command removes that from the table and does not
call SES, whose list has no refusals.

Be sure that the mailbox works, or that its reader wants the mail: SES pauses accounts with many
bounces or complaints.

SES's list distinguishes upper and lower case. The command tries the spelling of the mail that
bounced, yours, and yours in lower case. `aws sesv2 list-suppressed-destinations` shows others.

If the address is suppressed neither in the table nor at SES, the exit code is 1.

Example:
  admin unsuppress ada@example.com";

pub(crate) const RECONCILE_HELP: &str = "\
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

pub(crate) const REPUBLISH_HELP: &str = "\
The table's stream keeps a change for 24 hours. If events could not be published in that time, this
command makes them of what the table shows: the newest verification of each user, and the
suppression and the refusal of each address. It invokes the function that publishes all events,
which needs lambda:InvokeFunction.

--since is compared with the timestamp in the event. That of a bounce or a complaint is SES's, and
that of an import is in its file, so they may be older than the outage.

An event that was published before comes a second time, with another ID. Email Verified has no
previous address. Lost for good are events of users whom `forget` deleted, and of changes that a
later one replaced or `unsuppress` removed.

It reads the whole table, and publishes the oldest events first. It is safe to repeat: an event has
the same ID each time. The exit code is 1 if an event was not published.

Example:
  admin republish --since 2026-11-26T00:00:00Z \\
    --function mailproof-PublishEventsFunction-4f2a9c71 --dry-run";

pub(crate) const DOCTOR_HELP: &str = "\
It changes nothing. Each line is OK, a WARNING, a PROBLEM with the command that fixes it, or UNKNOWN
if it was not checked, for example without the permission that the line names. Checks with the same
reason share a line. With --json it prints an array of objects with id, status, text and command,
one for each check.

With another endpoint of DynamoDB than AWS's, it calls only services whose endpoint is given, as
AWS_ENDPOINT_URL or, for example, AWS_ENDPOINT_URL_LAMBDA. It looks up the DMARC record with `dig`.

The exit code is 1 if there is a problem. Warnings and unknown lines do not change it.

Example:
  admin doctor";

pub(crate) const FORGET_HELP: &str = "\
With a UUID, it deletes the user and the records of the user's addresses. The record of an address
that another user has too is kept.

With an address, it deletes the record of the address and every user who has it, with the users'
other addresses and verifications. One exception: a user who verified another address, and only
requested to change to this one, is kept without that request. To delete that user, give the UUID.
Such a request that is older than 30 days is found with --scan alone.

It shows what it will delete and asks first. A script, in which nobody can answer, needs --yes. It
is safe to repeat. If a request arrives at the same time, repeat it to delete what that wrote.

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
