//! Records that a user verified an address, on the operator's word.

use serde::Serialize;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::Verification;
use shared::store::{Replace, Vouched};

use crate::error::AdminError;
use crate::output::Console;
use crate::table::Table;

#[derive(Debug, Serialize)]
struct Report {
    uuid: String,
    email: String,
    verified_at: String,
    /// `false`: it was verified before.
    written: bool,
}

pub(crate) async fn verify(
    table: &Table,
    user: &UserId,
    address: EmailAddress,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let verification = Verification { address, at: now };
    let vouch = table.store.vouch(user, &verification, Replace::Any);
    let (verification, written) = match table.call(vouch).await? {
        Vouched::Written => (verification, true),
        Vouched::Known(known) | Vouched::Kept(known) => (known, false),
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
