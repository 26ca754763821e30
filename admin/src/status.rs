//! What is on record about a person: counts and timestamps, and never a secret or its digest.

mod report;

use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::store::Search;

use crate::arguments;
use crate::context::Context;
use crate::error::AdminError;
use crate::output::Console;
use crate::subject::Subject;
use crate::table::Table;

use report::{AddressStatus, AddressSummary, UserStatus, UserSummary};

pub(crate) async fn run(
    subject: &str,
    search: arguments::Search,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let subject = Subject::parse(subject)?;
    let table = context.table().await?;
    show(
        &table,
        &subject,
        search.into(),
        context.now(),
        context.console,
    )
    .await
}

async fn show(
    table: &Table,
    subject: &Subject,
    search: Search,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    match subject {
        Subject::Address(address) => show_address(table, address, search, now, console).await,
        Subject::User(user) => show_user(table, user, now, console).await,
    }
}

async fn show_user(
    table: &Table,
    id: &UserId,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let found = table.call(table.operator.inspect_user(id)).await?;
    let limit = table.mail_limit().await;
    let status = UserStatus {
        uuid: id.to_string(),
        user: found.map(|user| UserSummary::at(&user, limit, now)),
    };
    let Some(user) = &status.user else {
        console.answer_script(&status)?;
        return Err(
            AdminError::failed(format!("nothing is on record about the user {id}"))
                .advise("Check the UUID, --table and --region"),
        );
    };
    console.answer(&status, || user.describe(""))
}

async fn show_address(
    table: &Table,
    address: &EmailAddress,
    search: Search,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let derived = UserId::derived_from(address);
    let record = table.call(table.store.find_address(address)).await?;
    let mut users = table
        .call(table.operator.inspect_users_with(address, search))
        .await?;
    // The derived user belongs to the address even if it uses another one by now.
    if !users.iter().any(|user| user.id == derived) {
        users.extend(table.call(table.operator.inspect_user(&derived)).await?);
    }
    users.sort_by_key(|user| (user.id != derived, user.id));
    let limit = table.mail_limit().await;
    let users = users.iter().map(|user| UserSummary::at(user, limit, now));
    let status = AddressStatus {
        email: address.canonical().to_owned(),
        derived_uuid: derived.to_string(),
        address: record.map(|record| AddressSummary::at(&record, limit, now)),
        users: users.collect(),
    };
    if status.address.is_none() && status.users.is_empty() {
        console.answer_script(&status)?;
        return Err(AdminError::failed(format!(
            "nothing is on record about {}, whose derived UUID is {derived}",
            status.email
        ))
        .advise("Check the address, --table and --region"));
    }
    console.answer(&status, || status.describe())
}
