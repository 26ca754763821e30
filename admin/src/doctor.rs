//! Looks at everything that must be right between the deployment and the first mail.
//!
//! Each file is about one thing. A check never fails the others: what it cannot look at is a
//! finding, too. The checks run at the same time, and are shown in a fixed order.

mod account;
mod alarms;
mod configuration_set;
mod credentials;
mod dmarc;
mod finding;
mod functions;
mod identity;
mod services;
mod settings;
mod stack;
mod table;
mod unseen;

use std::fmt::Write as _;

use shared::runtime::settings::Environment;

use crate::arguments::{Connection, Ses};
use crate::connection;
use crate::error::AdminError;
use crate::output::{Console, printable};

use finding::{Finding, Status};
use identity::SenderIdentity;
pub(crate) use services::Services;
use stack::Stack;
pub(crate) use unseen::Unseen;

pub(crate) async fn examine(
    flags: &Connection,
    ses: &Ses,
    environment: &Environment,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let findings = match connection::open_all(flags, ses, environment).await {
        Ok(services) => Box::pin(look(&services, environment)).await,
        Err(error) if error.is_usage() => return Err(error),
        Err(error) => vec![credentials::missing(&error)],
    };
    console.answer(&findings, || describe(&findings))?;
    let problem = match count(&findings, Status::Problem) {
        0 => return Ok(()),
        1 => "one problem was found".to_owned(),
        problems => format!("{problems} problems were found"),
    };
    Err(AdminError::failed(problem).advise("Do what the report says, and run `admin doctor` again"))
}

async fn look(services: &Services, environment: &Environment) -> Vec<Finding> {
    let credentials = credentials::check(services).await;
    // Each other call would fail for the same reason.
    if credentials.status == Status::Problem {
        return vec![credentials];
    }
    let (stack, table, account) = tokio::join!(
        Stack::find(services),
        table::describe(services),
        account::describe(services),
    );
    let sender = SenderIdentity::of(&stack);
    let of_table = async {
        tokio::join!(
            table::time_to_live(services, &table),
            table::recovery(services, &table),
            functions::reader(services, table::stream_of(&table), &stack),
        )
    };
    let of_sender = async {
        tokio::join!(
            identity::checks(services, &sender),
            dmarc::check(environment, &sender),
            configuration_set::checks(services, &stack, &account),
        )
    };
    let of_stack = async {
        tokio::join!(
            functions::describe(services, &stack),
            alarms::states(services, &stack),
            alarms::subscription(services, &stack),
        )
    };
    let (of_table, of_sender, of_stack) = tokio::join!(of_table, of_sender, of_stack);
    let (time_to_live, recovery, reader) = of_table;
    let (identity, dmarc, set) = of_sender;
    let (functions, alarms, subscription) = of_stack;
    let mut findings = vec![
        credentials,
        stack::check(services, &stack),
        table::check(services, &table),
        time_to_live,
        recovery,
        table::stream(services, &table),
        reader,
        functions::check(&functions, &stack),
        settings::check(services, &functions, &stack),
    ];
    findings.extend(account::checks(&account));
    findings.extend(identity);
    findings.push(dmarc);
    findings.extend(set);
    findings.push(subscription);
    findings.extend(alarms);
    findings
}

/// A line for each finding, its command below, and how many there are of each status.
fn describe(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.id.len()).max();
    let width = width.unwrap_or_default();
    let mut lines = String::new();
    for Finding {
        id,
        status,
        text,
        command,
    } in findings
    {
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "{:<7}  {id:<width$}  {}",
            status.to_string(),
            printable(text)
        );
        if let Some(command) = command {
            let _ = writeln!(lines, "{:9}$ {}", "", printable(command));
        }
    }
    let counts = [
        Status::Ok,
        Status::Warning,
        Status::Problem,
        Status::Unknown,
    ]
    .map(|status| format!("{} {status}", count(findings, status)));
    lines + "\n" + &counts.join(", ")
}

fn count(findings: &[Finding], status: Status) -> usize {
    findings
        .iter()
        .filter(|finding| finding.status == status)
        .count()
}
