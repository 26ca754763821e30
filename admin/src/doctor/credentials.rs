//! Whose credentials these are, and whether AWS accepts them.

use crate::error::AdminError;

use super::finding::Finding;
use super::services::Services;
use super::unseen::{Look, Unseen};

const ID: &str = "credentials";

/// No credentials were found.
pub(super) fn missing(error: &AdminError) -> Finding {
    let text = match error.advice() {
        None => error.explanation(),
        Some(advice) => format!("{}. {advice}", error.explanation()),
    };
    Finding::problem(ID, text).command("aws sso login")
}

pub(super) async fn check(services: &Services) -> Finding {
    match caller(services).await {
        Ok(caller) => Finding::ok(ID, caller),
        Err(unseen @ Unseen::Failed { code: None, .. }) => {
            Finding::problem(ID, format!("{unseen}. Check the network and --region"))
        }
        Err(unseen @ Unseen::Failed { .. }) => {
            Finding::problem(ID, format!("AWS rejects them: {unseen}")).command("aws sso login")
        }
        Err(unseen) => Finding::unseen(ID, &unseen),
    }
}

async fn caller(services: &Services) -> Look<String> {
    const ACTION: &str = "sts:GetCallerIdentity";
    let asked = services.sts.as_ref().map_err(Clone::clone)?;
    let caller = asked.get_caller_identity().send().await;
    let caller = caller.map_err(|error| Unseen::of(ACTION, &error))?;
    let whose = caller.arn().unwrap_or("somebody");
    Ok(format!("{whose} in {}", services.region))
}
