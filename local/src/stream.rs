//! Lambda's reader of the table's stream. It invokes a function with the changes, in batches and in
//! order, and retries from the first failed record on.
//!
//! The reader has no filter, so the function also gets changes that make no event. It retries a
//! record without limit.

use std::time::Duration;

use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use serde_json::{Value, json};
use shared::telemetry::chain;
use thiserror::Error;

use crate::edge::{Edge, Fault};
use crate::lambda::Function;

/// The `BatchSize` in `template.yaml`.
const BATCH_SIZE: usize = 10;
/// The wait after an empty page or a failure. Lambda polls a stream four times a second.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// A position in the stream, and the records that were read but not yet processed.
pub struct StreamReader {
    database: Database,
    iterator: String,
    batch: Vec<Value>,
    /// The records wait for another one, and arrive in reverse order.
    is_reordered: bool,
}

/// How a function gets the records: late, twice or in another order.
#[derive(Debug)]
pub struct StreamFaults {
    edge: Edge,
    function: &'static str,
}

impl StreamFaults {
    #[must_use]
    pub fn new(edge: Edge, function: &'static str) -> Self {
        Self { edge, function }
    }
}

#[derive(Debug, Error)]
pub enum StreamError {
    #[error("the table's stream cannot be read")]
    Call(#[from] dynoxide::DynoxideError),
    #[error("a record of the table's stream cannot be written as JSON")]
    Record(#[from] serde_json::Error),
    #[error("the table has no stream")]
    NoStream,
    #[error("the table's stream has no shard")]
    NoShard,
    #[error("the table's stream has ended")]
    Ended,
}

/// The result of one poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The stream had no new record.
    Idle,
    /// The function processed the batch.
    Done,
    /// The function failed. The next poll retries from the first failed record on.
    Failed,
}

impl StreamReader {
    /// A reader of the changes from now on (`LATEST`).
    ///
    /// # Errors
    ///
    /// The table has no stream.
    pub fn latest(database: Database, table: &str) -> Result<Self, StreamError> {
        let streams = database.list_streams(ListStreamsRequest {
            table_name: Some(table.to_owned()),
            ..ListStreamsRequest::default()
        })?;
        let stream = streams.streams.into_iter().next();
        let stream_arn = stream.ok_or(StreamError::NoStream)?.stream_arn;
        let description = database.describe_stream(DescribeStreamRequest {
            stream_arn: stream_arn.clone(),
            ..DescribeStreamRequest::default()
        })?;
        // The emulated stream has one shard.
        let shard = description.stream_description.shards.into_iter().next();
        let iterator = database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn,
            shard_id: shard.ok_or(StreamError::NoShard)?.shard_id,
            shard_iterator_type: "LATEST".to_owned(),
            sequence_number: None,
        })?;
        let iterator = iterator.shard_iterator;
        Ok(Self {
            database,
            iterator: iterator.ok_or(StreamError::Ended)?,
            batch: Vec::new(),
            is_reordered: false,
        })
    }

    /// Invokes the function with the next batch.
    ///
    /// # Errors
    ///
    /// The stream cannot be read.
    pub async fn poll(&mut self, function: &Function) -> Result<Progress, StreamError> {
        self.fill()?;
        self.invoke(function).await
    }

    /// The same, but with the faults of the edge.
    ///
    /// # Errors
    ///
    /// The stream cannot be read.
    pub async fn poll_with(
        &mut self,
        function: &Function,
        faults: &StreamFaults,
    ) -> Result<Progress, StreamError> {
        self.fill()?;
        if self.batch.is_empty() {
            return Ok(Progress::Idle);
        }
        if !self.is_reordered {
            match faults.edge.fault_of_stream(faults.function) {
                Some(Fault::Late(delay)) => tokio::time::sleep(delay).await,
                Some(Fault::Twice) => {
                    let first = self.batch.clone();
                    if self.invoke(function).await? == Progress::Done {
                        self.batch = first;
                    }
                }
                Some(Fault::Reordered) => self.is_reordered = true,
                _ => {}
            }
        }
        if self.is_reordered {
            if self.batch.len() < 2 {
                return Ok(Progress::Idle);
            }
            self.batch.reverse();
            self.is_reordered = false;
        }
        self.invoke(function).await
    }

    async fn invoke(&mut self, function: &Function) -> Result<Progress, StreamError> {
        if self.batch.is_empty() {
            return Ok(Progress::Idle);
        }
        let event = json!({ "Records": self.batch }).to_string();
        let failed_from = match function.invoke(&event).await {
            Ok(answer) => self.first_failure(&answer),
            Err(error) => {
                tracing::error!(
                    error = chain(&error),
                    "a batch of the table's stream is retried"
                );
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

    /// The index of the first record to retry. If an answer names a failed record that is not in
    /// the batch, Lambda retries the whole batch.
    fn first_failure(&self, answer: &str) -> Option<usize> {
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        let failures = answer.get("batchItemFailures")?.as_array()?;
        let failed = |failure: &Value| {
            let id = failure.get("itemIdentifier");
            let has_id = |record: &Value| record.pointer("/dynamodb/SequenceNumber") == id;
            self.batch.iter().position(has_id).unwrap_or(0)
        };
        failures.iter().map(failed).min()
    }
}

/// Polls until the program ends.
pub async fn deliver(mut reader: StreamReader, function: Function, faults: StreamFaults) {
    loop {
        match reader.poll_with(&function, &faults).await {
            Ok(Progress::Done) => continue,
            Ok(Progress::Idle | Progress::Failed) => {}
            Err(error) => tracing::error!("{}", chain(&error)),
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
