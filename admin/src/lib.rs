//! The operator's command: API keys, suppressed addresses, and what is on record about a person.
//!
//! The only secrets that it ever prints are a new API key and a new proof, once. `arguments` is the
//! command line, `connection` makes the clients, `table`, `suppression_list` and `publisher` are
//! what the commands work on, and `output` is what they print. Each command has a module of its
//! name.

mod arguments;
mod command_line;
mod connection;
mod context;
mod credentials;
mod doctor;
mod error;
mod forget;
mod help;
mod import;
mod keys;
mod lifetime;
mod list;
mod output;
mod proof;
mod publisher;
mod reconcile;
mod republish;
mod send_test;
mod stats;
mod status;
mod subject;
mod suppression_list;
mod table;
mod text_file;
mod unlock;
mod unsuppress;
mod verify;

use shared::domain::clock::Clock;
use shared::runtime::settings::Environment;

pub use arguments::Arguments;
pub use command_line::CommandLineError;
pub use error::AdminError;
pub use forget::Plan;
pub use output::Console;
pub use table::{MAILS_PER_DAY_TAG, Table};

use arguments::Command;
use context::Context;

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
    let context = &mut Context {
        connection,
        environment,
        clock,
        console,
    };
    match command {
        Command::Keys(command) => keys::run(command, context).await,
        Command::Status { subject, search } => status::run(&subject, search, context).await,
        Command::List(wanted) => list::run(&wanted, context).await,
        Command::Stats => stats::run(context).await,
        Command::Verify { uuid, email } => verify::run(&uuid, &email, context).await,
        Command::Proof(command) => proof::run(&command, context).await,
        Command::SendTest(wanted) => send_test::run(&wanted, context).await,
        Command::Import(wanted) => import::run(&wanted, context).await,
        Command::Unlock { subject, search } => unlock::run(&subject, search, context).await,
        Command::Unsuppress { email, ses } => unsuppress::run(&email, &ses, context).await,
        Command::Reconcile { dry_run, ses } => reconcile::run(dry_run, &ses, context).await,
        Command::Republish(wanted) => republish::run(&wanted, context).await,
        Command::Doctor { ses } => Box::pin(doctor::run(&ses, context)).await,
        Command::Forget(wanted) => forget::run(&wanted, context).await,
    }
}
