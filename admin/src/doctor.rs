//! Checks everything that must be right between the deployment and the first mail.
//!
//! Each file is about one thing. A check that fails, or cannot be made, does not end the others.
//! The checks run at the same time, and their results have a fixed order.

mod account;
mod alarm_subscription;
mod alarms;
mod check_error;
mod check_result;
mod clients;
mod configuration_set;
mod credentials;
mod dmarc;
mod functions;
mod identity;
mod report;
mod settings;
mod stack;
mod stream_reader;
mod table;

use futures_util::FutureExt;
use futures_util::future::{join_all, ready};
use shared::domain::clock::Timestamp;
use shared::runtime::settings::Environment;

use crate::arguments::Ses;
use crate::connection;
use crate::context::Context;
use crate::error::AdminError;

pub(crate) use check_error::CheckError;
use check_result::{CheckResult, Status};
pub(crate) use clients::Clients;
use identity::SenderIdentity;
use stack::Stack;

pub(crate) async fn run(ses: &Ses, context: &mut Context<'_, '_>) -> Result<(), AdminError> {
    let environment = context.environment;
    let results = match connection::open_all(&context.connection, ses, environment).await {
        Ok(clients) => run_checks(&clients, environment, context.now()).await,
        Err(error) if error.is_usage() => return Err(error),
        Err(error) => vec![credentials::missing(&error)],
    };
    let console = &mut *context.console;
    console.answer(&results, || report::describe(&results))?;
    let problem = match report::count(&results, Status::Problem) {
        0 => return Ok(()),
        1 => "one problem was found".to_owned(),
        problems => format!("{problems} problems were found"),
    };
    Err(AdminError::failed(problem).advise("Do what the report says, and run `admin doctor` again"))
}

async fn run_checks(
    clients: &Clients,
    environment: &Environment,
    now: Timestamp,
) -> Vec<CheckResult> {
    let credentials = credentials::check(clients).await;
    // Each other call would fail for the same reason.
    if credentials.status == Status::Problem {
        return vec![credentials];
    }
    let (stack, table, account) = tokio::join!(
        Stack::find(clients),
        table::describe(clients),
        account::describe(clients),
    );
    let sender = SenderIdentity::of(&stack);
    let stream = table::stream_of(&table);
    let checks = [
        ready(vec![credentials, stack::check(clients, &stack)]).boxed_local(),
        table::checks(clients, &table).boxed_local(),
        stream_reader::check(clients, stream, &stack)
            .map(one)
            .boxed_local(),
        functions::checks(clients, &stack).boxed_local(),
        ready(account::checks(&account)).boxed_local(),
        identity::checks(clients, &sender).boxed_local(),
        dmarc::check(environment, &sender).map(one).boxed_local(),
        configuration_set::checks(clients, &stack, &account).boxed_local(),
        alarm_subscription::check(clients, &stack)
            .map(one)
            .boxed_local(),
        alarms::checks(clients, &stack, now).boxed_local(),
    ];
    join_all(checks).await.concat()
}

fn one(result: CheckResult) -> Vec<CheckResult> {
    vec![result]
}
