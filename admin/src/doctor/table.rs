//! The table, its backups, its stream and the expiry of its items.

use aws_sdk_dynamodb::types::{
    PointInTimeRecoveryStatus, StreamSpecification, StreamViewType, TableDescription, TableStatus,
    TimeToLiveStatus,
};
use shared::store::EXPIRES_AT;

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::Clients;

const TABLE: &str = "table";
const TIME_TO_LIVE: &str = "table.ttl";
const RECOVERY: &str = "table.recovery";
const STREAM: &str = "table.stream";

const NOT_FOUND: &str = "ResourceNotFoundException";

pub(super) async fn describe(clients: &Clients) -> Result<TableDescription, CheckError> {
    const ACTION: &str = "dynamodb:DescribeTable";
    let describe = clients.dynamodb.describe_table();
    let described = describe.table_name(&clients.table).send().await;
    let described = described.map_err(|error| CheckError::of_call(ACTION, error))?;
    described.table.ok_or(CheckError::UnknownOperation(ACTION))
}

pub(super) async fn checks(
    clients: &Clients,
    table: &Result<TableDescription, CheckError>,
) -> Vec<CheckResult> {
    let (time_to_live, recovery) =
        tokio::join!(time_to_live(clients, table), recovery(clients, table));
    vec![
        state(clients, table),
        time_to_live,
        recovery,
        stream(clients, table),
    ]
}

/// The ARN of the stream.
pub(super) fn stream_of(table: &Result<TableDescription, CheckError>) -> Result<&str, CheckError> {
    let table = table.as_ref().map_err(without_table)?;
    let stream = table.latest_stream_arn().filter(|_| {
        let stream = table.stream_specification();
        stream.is_some_and(StreamSpecification::stream_enabled)
    });
    stream.ok_or(CheckError::Prerequisite("the table has no stream"))
}

/// The error of a check that needs the table.
fn without_table(error: &CheckError) -> CheckError {
    if error.has_code(NOT_FOUND) {
        CheckError::Prerequisite("there is no table")
    } else {
        error.of_dependent("the table is not known")
    }
}

fn state(clients: &Clients, table: &Result<TableDescription, CheckError>) -> CheckResult {
    let name = &clients.table;
    match table {
        Ok(table) => match table.table_status() {
            Some(TableStatus::Active) => CheckResult::ok(TABLE, format!("{name} is ACTIVE")),
            Some(TableStatus::Updating) => {
                CheckResult::warning(TABLE, format!("{name} is UPDATING")).command(format!(
                    "aws dynamodb wait table-exists --table-name {name}"
                ))
            }
            other => {
                let status = other.map_or("unknown", TableStatus::as_str);
                CheckResult::problem(TABLE, format!("{name} is {status}"))
                    .command(format!("aws dynamodb describe-table --table-name {name}"))
            }
        },
        Err(error) if error.has_code(NOT_FOUND) => CheckResult::problem(
            TABLE,
            format!(
                "there is no table {name} in {}. Check --table and --region, or restore it \
                 (docs/operate.md, \"Restoring the table\")",
                clients.region
            ),
        )
        .command("aws dynamodb list-tables"),
        Err(error) => CheckResult::of_error(TABLE, error),
    }
}

async fn time_to_live(
    clients: &Clients,
    table: &Result<TableDescription, CheckError>,
) -> CheckResult {
    let name = &clients.table;
    let fix = format!(
        "aws dynamodb update-time-to-live --table-name {name} \
         --time-to-live-specification Enabled=true,AttributeName={EXPIRES_AT}"
    );
    match expiry(clients, table).await {
        Ok((TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling, Some(attribute)))
            if attribute == EXPIRES_AT =>
        {
            CheckResult::ok(TIME_TO_LIVE, format!("items expire by {attribute}"))
        }
        Ok((TimeToLiveStatus::Enabled, attribute)) => {
            let attribute = attribute.unwrap_or_default();
            let text = format!("items expire by {attribute}, and not by {EXPIRES_AT}");
            CheckResult::problem(TIME_TO_LIVE, text).command(fix)
        }
        Ok((status, _)) => {
            let text = format!("time to live is {status}, so personal data is kept for ever");
            CheckResult::problem(TIME_TO_LIVE, text).command(fix)
        }
        Err(error) => CheckResult::of_error(TIME_TO_LIVE, &error),
    }
}

async fn expiry(
    clients: &Clients,
    table: &Result<TableDescription, CheckError>,
) -> Result<(TimeToLiveStatus, Option<String>), CheckError> {
    const ACTION: &str = "dynamodb:DescribeTimeToLive";
    table.as_ref().map_err(without_table)?;
    let describe = clients.dynamodb.describe_time_to_live();
    let described = describe.table_name(&clients.table).send().await;
    let described = described.map_err(|error| CheckError::of_call(ACTION, error))?;
    let expiry = described.time_to_live_description;
    let expiry = expiry.ok_or(CheckError::UnknownOperation(ACTION))?;
    let status = expiry.time_to_live_status;
    Ok((
        status.unwrap_or(TimeToLiveStatus::Disabled),
        expiry.attribute_name,
    ))
}

async fn recovery(clients: &Clients, table: &Result<TableDescription, CheckError>) -> CheckResult {
    match recovery_status(clients, table).await {
        Ok(PointInTimeRecoveryStatus::Enabled) => {
            CheckResult::ok(RECOVERY, "point-in-time recovery is on")
        }
        Ok(_) => CheckResult::problem(
            RECOVERY,
            "point-in-time recovery is off, so lost items cannot be restored",
        )
        .command(format!(
            "aws dynamodb update-continuous-backups --table-name {} \
             --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
            clients.table
        )),
        Err(error) => CheckResult::of_error(RECOVERY, &error),
    }
}

async fn recovery_status(
    clients: &Clients,
    table: &Result<TableDescription, CheckError>,
) -> Result<PointInTimeRecoveryStatus, CheckError> {
    const ACTION: &str = "dynamodb:DescribeContinuousBackups";
    table.as_ref().map_err(without_table)?;
    let describe = clients.dynamodb.describe_continuous_backups();
    let described = describe.table_name(&clients.table).send().await;
    let described = described.map_err(|error| CheckError::of_call(ACTION, error))?;
    let recovery = described
        .continuous_backups_description
        .and_then(|backups| backups.point_in_time_recovery_description)
        .and_then(|recovery| recovery.point_in_time_recovery_status);
    Ok(recovery.unwrap_or(PointInTimeRecoveryStatus::Disabled))
}

fn stream(clients: &Clients, table: &Result<TableDescription, CheckError>) -> CheckResult {
    const VIEW: &str = "NEW_AND_OLD_IMAGES";
    let fix = format!(
        "aws dynamodb update-table --table-name {} \
         --stream-specification StreamEnabled=true,StreamViewType={VIEW}",
        clients.table
    );
    match (stream_of(table), table) {
        (Ok(_), Ok(table)) => {
            let view = table.stream_specification();
            let view = view.and_then(StreamSpecification::stream_view_type);
            match view.map_or("unknown", StreamViewType::as_str) {
                VIEW => CheckResult::ok(STREAM, "the stream is on"),
                view => CheckResult::problem(
                    STREAM,
                    format!("the stream has {view}, and not {VIEW}: no event is published"),
                )
                .command(fix),
            }
        }
        (Err(_), Ok(_)) => {
            let text = "the stream is off: no event is published";
            CheckResult::problem(STREAM, text).command(fix)
        }
        (_, Err(error)) => CheckResult::of_error(STREAM, &without_table(error)),
    }
}
