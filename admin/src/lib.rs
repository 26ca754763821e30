//! The operator's command: API keys, suppressed addresses, and what is on record about a person.
//!
//! The only secrets that it ever prints are a new API key and a new proof, once. [`arguments`] is
//! the command line, [`connection`] makes the clients, [`table`] and [`suppression_list`] are what
//! the commands work on, and [`output`] is what they print. Each command has a module of its name.

pub mod arguments;
pub mod connection;
pub mod credentials;
pub mod doctor;
pub mod error;
pub mod forget;
pub mod import;
pub mod keys;
pub mod lifetime;
pub mod list;
pub mod output;
pub mod proof;
pub mod reconcile;
pub mod send_test;
pub mod stats;
pub mod status;
pub mod subject;
pub mod suppression_list;
pub mod table;
pub mod unlock;
pub mod unsuppress;
pub mod verify;

use shared::domain::clock::Clock;
use shared::runtime::settings::Environment;

pub use arguments::Arguments;
pub use error::AdminError;
pub use output::Console;

use arguments::{Command, KeysCommand, ProofCommand};
use subject::Subject;

impl Arguments {
    /// Whether errors are JSON too.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        self.json
    }
}

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
        Command::List(wanted) => {
            let filter = list::Filter::parse(&wanted)?;
            let table = connection::open(&connection, environment).await?;
            list::list(&table, &filter, clock.now(), console).await
        }
        Command::Stats => {
            let table = connection::open(&connection, environment).await?;
            stats::show(&table, clock.now(), console).await
        }
        Command::Verify { uuid, email } => {
            let (user, address) = (subject::user(&uuid)?, subject::address(&email)?);
            let table = connection::open(&connection, environment).await?;
            verify::verify(&table, &user, address, clock.now(), console).await
        }
        Command::Proof(ProofCommand::Create { email, uuid }) => {
            let new = proof::NewProof::parse(&email, uuid.as_deref(), environment)?;
            let table = connection::open(&connection, environment).await?;
            proof::create(&table, &new, clock.now(), console).await
        }
        Command::SendTest(wanted) => {
            let test = send_test::NewTest::parse(&wanted, environment)?;
            test.run(console).await
        }
        Command::Import(wanted) => {
            let checked = import::read(&wanted, clock.now())?;
            import::require_right_lines(&checked, &wanted, console)?;
            if wanted.dry_run {
                return import::show_plan(&checked, console);
            }
            let table = connection::open(&connection, environment).await?;
            import::import(&table, &checked, console).await
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
        Command::Doctor { ses } => {
            Box::pin(doctor::examine(&connection, &ses, environment, console)).await
        }
        Command::Forget {
            subject,
            file,
            search,
            yes,
        } => {
            let subjects = match (&subject, &file) {
                (_, Some(file)) => forget::read(file)?,
                (subject, None) => vec![Subject::parse(subject.as_deref().unwrap_or_default())?],
            };
            forget::require_consent(yes, console)?;
            let table = connection::open(&connection, environment).await?;
            match (&file, subjects.as_slice()) {
                (None, [subject]) => {
                    forget::forget(&table, subject, search.into(), yes, console).await
                }
                _ => forget::forget_all(&table, &subjects, search.into(), yes, console).await,
            }
        }
    }
}
