//! Records that a user verified an address, on an operator's word.

use serde::Serialize;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::Verification;
use shared::store::{OperatorVerification, Overwrite};

use crate::context::Context;
use crate::error::AdminError;
use crate::output::Console;
use crate::subject;
use crate::table::{Table, first_version};

#[derive(Debug, Serialize)]
struct Report {
    uuid: String,
    email: String,
    verified_at: String,
    /// `false`: it was verified before.
    written: bool,
}

pub(crate) async fn run(
    uuid: &str,
    email: &str,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let (user, address) = (subject::user(uuid)?, subject::new_address(email)?);
    let table = context.table().await?;
    verify(&table, &user, address, context.now(), context.console).await
}

async fn verify(
    table: &Table,
    user: &UserId,
    address: EmailAddress,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let verification = Verification { address, at: now };
    let (operator, first) = (&table.operator, first_version()?);
    let recording =
        operator.record_operator_verification(user, &verification, Overwrite::Any, first);
    let (verification, written) = match table.call(recording).await? {
        OperatorVerification::Recorded => (verification, true),
        OperatorVerification::AlreadyVerified(known) | OperatorVerification::NewerKept(known) => {
            (known, false)
        }
    };
    let report = Report {
        uuid: user.to_string(),
        email: verification.address.deliverable().to_owned(),
        verified_at: verification.at.to_string(),
        written,
    };
    console.answer(&report, || {
        let Report {
            uuid,
            email,
            verified_at,
            ..
        } = &report;
        if written {
            format!("{email} is verified for the user {uuid}.")
        } else {
            format!("{email} was verified for the user {uuid} already, at {verified_at}.")
        }
    })
}
