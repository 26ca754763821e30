//! Lambda's reader of the table's stream: hands the changes to a function in batches and in their
//! order, and brings back what the function failed at, with all that follows it.
//!
//! The reader has no filter, so the function also sees changes that are no event. It never gives a
//! record up.

use std::time::Duration;

use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use serde_json::{Value, json};
use shared::telemetry::chain;
use thiserror::Error;

use crate::lambda::Function;

/// The batch size that `template.yaml` asks for.
const BATCH_SIZE: usize = 10;
/// How long nothing is done after there was nothing new, or after a failure. Lambda looks four
/// times a second.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// A place in the stream, and the records that were read and not yet published.
pub struct StreamReader {
    database: Database,
    iterator: String,
    batch: Vec<Value>,
}

/// The stream cannot be read.
#[derive(Debug, Error)]
pub enum StreamError {
    #[error("the table's stream cannot be read")]
    Call(#[from] dynoxide::DynoxideError),
    #[error("a record of the table's stream cannot be written as JSON")]
    Record(#[from] serde_json::Error),
    #[error("the table's stream cannot be read: {0}")]
    Absent(&'static str),
}

/// What came of a look at the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is nothing new.
    Idle,
    /// A batch was handed on.
    Done,
    /// The function failed at a part of the batch, which is retried.
    Failed,
}

impl StreamReader {
    /// A reader of all that changes in this table from now on.
    ///
    /// # Errors
    ///
    /// The table has no stream.
    pub fn from_now_on(database: Database, table: &str) -> Result<Self, StreamError> {
        let streams = database.list_streams(ListStreamsRequest {
            table_name: Some(table.to_owned()),
            ..ListStreamsRequest::default()
        })?;
        let stream = streams.streams.into_iter().next();
        let stream_arn = stream
            .ok_or_else(|| StreamError::Absent("there is none"))?
            .stream_arn;
        let description = database.describe_stream(DescribeStreamRequest {
            stream_arn: stream_arn.clone(),
            ..DescribeStreamRequest::default()
        })?;
        // The emulated stream has one shard.
        let shard = description.stream_description.shards.into_iter().next();
        let iterator = database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn,
            shard_id: shard
                .ok_or_else(|| StreamError::Absent("it has no shard"))?
                .shard_id,
            shard_iterator_type: "LATEST".to_owned(),
            sequence_number: None,
        })?;
        let iterator = iterator.shard_iterator;
        Ok(Self {
            database,
            iterator: iterator.ok_or_else(|| StreamError::Absent("it has ended"))?,
            batch: Vec::new(),
        })
    }

    /// Hands the next batch to the function.
    ///
    /// # Errors
    ///
    /// The stream cannot be read.
    pub async fn hand_on(&mut self, function: &Function) -> Result<Progress, StreamError> {
        self.fill()?;
        if self.batch.is_empty() {
            return Ok(Progress::Idle);
        }
        let event = json!({ "Records": self.batch }).to_string();
        let failed_from = match function.invoke(&event).await {
            Ok(answer) => self.first_failure(&answer),
            Err(error) => {
                tracing::error!(%error, "a batch of the table's stream is retried");
                Some(0)
            }
        };
        self.batch.drain(..failed_from.unwrap_or(self.batch.len()));
        Ok(match failed_from {
            None => Progress::Done,
            Some(_) => Progress::Failed,
        })
    }

    fn fill(&mut self) -> Result<(), StreamError> {
        let missing = BATCH_SIZE - self.batch.len();
        if missing == 0 {
            return Ok(());
        }
        let page = self.database.get_records(GetRecordsRequest {
            shard_iterator: self.iterator.clone(),
            limit: Some(missing),
        })?;
        for record in page.records {
            self.batch.push(serde_json::to_value(record)?);
        }
        if let Some(next) = page.next_shard_iterator {
            self.iterator = next;
        }
        Ok(())
    }

    /// The first record of the batch that is retried. Lambda takes an answer that names none
    /// of its records for a failure of all.
    fn first_failure(&self, answer: &str) -> Option<usize> {
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        let failures = answer.get("batchItemFailures")?.as_array()?;
        let failed = |place: &Value| {
            let id = place.get("itemIdentifier");
            let is_it = |record: &Value| record.pointer("/dynamodb/SequenceNumber") == id;
            self.batch.iter().position(is_it).unwrap_or(0)
        };
        failures.iter().map(failed).min()
    }
}

/// Hands all changes on, until the program ends.
pub async fn deliver(mut reader: StreamReader, function: Function) {
    loop {
        match reader.hand_on(&function).await {
            Ok(Progress::Done) => continue,
            Ok(Progress::Idle | Progress::Failed) => {}
            Err(error) => tracing::error!("{}", chain(&error)),
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
