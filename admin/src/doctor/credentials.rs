//! Whose credentials these are, and whether AWS accepts them.

use crate::error::AdminError;

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};

const ID: &str = "credentials";

/// No credentials were found.
pub(super) fn missing(error: &AdminError) -> CheckResult {
    let text = match error.advice() {
        None => error.explanation(),
        Some(advice) => format!("{}. {advice}", error.explanation()),
    };
    CheckResult::problem(ID, text).command("aws sso login")
}

pub(super) async fn check(clients: &Clients) -> CheckResult {
    match caller(clients).await {
        Ok(caller) => CheckResult::ok(ID, caller),
        Err(error @ CheckError::Unanswered { .. }) => {
            let text = format!("{}. Check the network and --region", error.explanation());
            CheckResult::problem(ID, text)
        }
        Err(error @ CheckError::Refused { .. }) => {
            let text = format!("AWS rejects them: {}", error.explanation());
            CheckResult::problem(ID, text).command("aws sso login")
        }
        Err(error) => CheckResult::of_error(ID, &error),
    }
}

async fn caller(clients: &Clients) -> Result<String, CheckError> {
    const ACTION: &str = "sts:GetCallerIdentity";
    let caller = required(&clients.sts)?.get_caller_identity().send().await;
    let caller = caller.map_err(|error| CheckError::of_call(ACTION, error))?;
    let arn = caller.arn().unwrap_or("an unknown caller");
    Ok(format!("{arn} in {}", clients.region))
}
