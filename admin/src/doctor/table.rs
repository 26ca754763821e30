//! The table, its backups, its stream and the expiry of its items.

use aws_sdk_dynamodb::types::{
    PointInTimeRecoveryStatus, StreamSpecification, StreamViewType, TableDescription, TableStatus,
    TimeToLiveStatus,
};
use shared::store::EXPIRES_AT;

use super::finding::Finding;
use super::services::Services;
use super::unseen::{Look, Unseen};

const TABLE: &str = "table";
const TIME_TO_LIVE: &str = "table.ttl";
const RECOVERY: &str = "table.recovery";
const STREAM: &str = "table.stream";

const NOT_FOUND: &str = "ResourceNotFoundException";

pub(super) async fn describe(services: &Services) -> Look<TableDescription> {
    const ACTION: &str = "dynamodb:DescribeTable";
    let describe = services.dynamodb.describe_table();
    let described = describe.table_name(&services.table).send().await;
    let described = described.map_err(|error| Unseen::of(ACTION, &error))?;
    described.table.ok_or(Unseen::NotOffered(ACTION))
}

/// The ARN of the stream.
pub(super) fn stream_of(table: &Look<TableDescription>) -> Look<&str> {
    let table = table.as_ref().map_err(without_table)?;
    let stream = table.latest_stream_arn().filter(|_| {
        let stream = table.stream_specification();
        stream.is_some_and(StreamSpecification::stream_enabled)
    });
    stream.ok_or(Unseen::Without("the table has no stream"))
}

/// The error of a check that needs the table.
fn without_table(unseen: &Unseen) -> Unseen {
    if unseen.has_code(NOT_FOUND) {
        Unseen::Without("there is no table")
    } else {
        unseen.clone()
    }
}

pub(super) fn check(services: &Services, table: &Look<TableDescription>) -> Finding {
    let name = &services.table;
    match table {
        Ok(table) => match table.table_status() {
            Some(TableStatus::Active) => Finding::ok(TABLE, format!("{name} is ACTIVE")),
            Some(TableStatus::Updating) => Finding::warning(TABLE, format!("{name} is UPDATING"))
                .command(format!(
                    "aws dynamodb wait table-exists --table-name {name}"
                )),
            other => {
                let status = other.map_or("unknown", TableStatus::as_str);
                Finding::problem(TABLE, format!("{name} is {status}"))
                    .command(format!("aws dynamodb describe-table --table-name {name}"))
            }
        },
        Err(unseen) if unseen.has_code(NOT_FOUND) => Finding::problem(
            TABLE,
            format!(
                "there is no table {name} in {}. Check --table and --region, or restore it \
                 (docs/operate.md, \"Restoring the table\")",
                services.region
            ),
        )
        .command("aws dynamodb list-tables"),
        Err(unseen) => Finding::unseen(TABLE, unseen),
    }
}

pub(super) async fn time_to_live(services: &Services, table: &Look<TableDescription>) -> Finding {
    let name = &services.table;
    let mend = format!(
        "aws dynamodb update-time-to-live --table-name {name} \
         --time-to-live-specification Enabled=true,AttributeName={EXPIRES_AT}"
    );
    match expiry(services, table).await {
        Ok((TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling, Some(attribute)))
            if attribute == EXPIRES_AT =>
        {
            Finding::ok(TIME_TO_LIVE, format!("items expire by {attribute}"))
        }
        Ok((TimeToLiveStatus::Enabled, attribute)) => {
            let attribute = attribute.unwrap_or_default();
            let text = format!("items expire by {attribute}, and not by {EXPIRES_AT}");
            Finding::problem(TIME_TO_LIVE, text).command(mend)
        }
        Ok((status, _)) => {
            let text = format!("time to live is {status}, so personal data is kept for ever");
            Finding::problem(TIME_TO_LIVE, text).command(mend)
        }
        Err(unseen) => Finding::unseen(TIME_TO_LIVE, &unseen),
    }
}

async fn expiry(
    services: &Services,
    table: &Look<TableDescription>,
) -> Look<(TimeToLiveStatus, Option<String>)> {
    const ACTION: &str = "dynamodb:DescribeTimeToLive";
    table.as_ref().map_err(without_table)?;
    let describe = services.dynamodb.describe_time_to_live();
    let described = describe.table_name(&services.table).send().await;
    let described = described.map_err(|error| Unseen::of(ACTION, &error))?;
    let expiry = described.time_to_live_description;
    let expiry = expiry.ok_or(Unseen::NotOffered(ACTION))?;
    let status = expiry.time_to_live_status;
    Ok((
        status.unwrap_or(TimeToLiveStatus::Disabled),
        expiry.attribute_name,
    ))
}

pub(super) async fn recovery(services: &Services, table: &Look<TableDescription>) -> Finding {
    match recovery_status(services, table).await {
        Ok(PointInTimeRecoveryStatus::Enabled) => {
            Finding::ok(RECOVERY, "point-in-time recovery is on")
        }
        Ok(_) => Finding::problem(
            RECOVERY,
            "point-in-time recovery is off, so lost items cannot be restored",
        )
        .command(format!(
            "aws dynamodb update-continuous-backups --table-name {} \
             --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
            services.table
        )),
        Err(unseen) => Finding::unseen(RECOVERY, &unseen),
    }
}

async fn recovery_status(
    services: &Services,
    table: &Look<TableDescription>,
) -> Look<PointInTimeRecoveryStatus> {
    const ACTION: &str = "dynamodb:DescribeContinuousBackups";
    table.as_ref().map_err(without_table)?;
    let describe = services.dynamodb.describe_continuous_backups();
    let described = describe.table_name(&services.table).send().await;
    let described = described.map_err(|error| Unseen::of(ACTION, &error))?;
    let recovery = described
        .continuous_backups_description
        .and_then(|backups| backups.point_in_time_recovery_description)
        .and_then(|recovery| recovery.point_in_time_recovery_status);
    Ok(recovery.unwrap_or(PointInTimeRecoveryStatus::Disabled))
}

pub(super) fn stream(services: &Services, table: &Look<TableDescription>) -> Finding {
    const VIEW: &str = "NEW_AND_OLD_IMAGES";
    let mend = format!(
        "aws dynamodb update-table --table-name {} \
         --stream-specification StreamEnabled=true,StreamViewType={VIEW}",
        services.table
    );
    match (stream_of(table), table) {
        (Ok(_), Ok(table)) => {
            let view = table.stream_specification();
            let view = view.and_then(StreamSpecification::stream_view_type);
            match view.map_or("unknown", StreamViewType::as_str) {
                VIEW => Finding::ok(STREAM, "the stream is on"),
                view => Finding::problem(
                    STREAM,
                    format!("the stream has {view}, and not {VIEW}: no event is published"),
                )
                .command(mend),
            }
        }
        (Err(_), Ok(_)) => {
            let text = "the stream is off: no event is published";
            Finding::problem(STREAM, text).command(mend)
        }
        (_, Err(unseen)) => Finding::unseen(STREAM, &without_table(unseen)),
    }
}
