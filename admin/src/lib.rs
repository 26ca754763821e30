//! The operator's command: API keys, suppressed addresses, and what is on record about a person.
//!
//! The only secret that it ever prints is a new API key, once. [`arguments`] is the command line,
//! [`connection`] makes the clients, [`table`] and [`suppression_list`] are what the commands work
//! on, and [`output`] is what they print. [`keys`], [`status`], [`unlock`], [`unsuppress`],
//! [`reconcile`] and [`forget`] are the commands.

pub mod arguments;
pub mod connection;
pub mod credentials;
pub mod error;
pub mod forget;
pub mod keys;
pub mod lifetime;
pub mod output;
pub mod reconcile;
pub mod status;
pub mod subject;
pub mod suppression_list;
pub mod table;
pub mod unlock;
pub mod unsuppress;

use shared::domain::clock::Clock;
use shared::runtime::settings::Environment;

pub use arguments::Arguments;
pub use error::AdminError;
pub use output::Console;

use arguments::{Command, KeysCommand};
use subject::Subject;

pub async fn run(
    arguments: Arguments,
    environment: &Environment,
    clock: &Clock,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let Arguments {
        command,
        connection,
        json,
    } = arguments;
    console.print_json(json);
    // Arguments are checked before the first call to AWS.
    match command {
        Command::Keys(KeysCommand::Create(wanted)) => {
            let key = keys::NewKey::parse(&wanted, clock.now())?;
            let table = connection::open(&connection, environment).await?;
            keys::create(&table, key, console).await
        }
        Command::Keys(KeysCommand::List) => {
            let table = connection::open(&connection, environment).await?;
            keys::list(&table, clock.now(), console).await
        }
        Command::Keys(KeysCommand::Revoke { id }) => {
            let id = keys::KeyId::parse(&id)?;
            let table = connection::open(&connection, environment).await?;
            keys::revoke(&table, &id, clock.now(), console).await
        }
        Command::Status { subject, search } => {
            let subject = Subject::parse(&subject)?;
            let table = connection::open(&connection, environment).await?;
            status::show(&table, &subject, search.into(), clock.now(), console).await
        }
        Command::Unlock { subject, search } => {
            let subject = Subject::parse(&subject)?;
            let table = connection::open(&connection, environment).await?;
            unlock::unlock(&table, &subject, search.into(), console).await
        }
        Command::Unsuppress { email, ses } => {
            let address = subject::address(&email)?;
            let (table, list) = connection::open_with_ses(&connection, &ses, environment).await?;
            unsuppress::unsuppress(&table, &list, &address, clock.now(), console).await
        }
        Command::Reconcile { dry_run, ses } => {
            let (table, list) = connection::open_with_ses(&connection, &ses, environment).await?;
            reconcile::reconcile(&table, &list, dry_run, console).await
        }
        Command::Forget {
            subject,
            search,
            yes,
        } => {
            let subject = Subject::parse(&subject)?;
            forget::require_consent(yes, console)?;
            let table = connection::open(&connection, environment).await?;
            forget::forget(&table, &subject, search.into(), yes, console).await
        }
    }
}
