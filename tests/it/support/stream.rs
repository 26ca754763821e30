//! The table's stream, read as Lambda does.

use axum::body::Body;
use axum::http::Request;
use saphyr::YamlOwned;
use serde_json::{Value, json};

use super::app::TestApp;
use super::http;
use super::pattern::matches;
use super::template::{logical_name, property};

/// The filter patterns between the stream and a function.
pub fn patterns(function: &str) -> Vec<Value> {
    let id = format!("{}Function", logical_name(function));
    let events = property(&id, "Events").as_mapping();
    let events = events.expect("the function has event sources");
    let filters = events.values().flat_map(|event| {
        let filters = &event["Properties"]["FilterCriteria"]["Filters"];
        filters.as_sequence().expect("an event source has filters")
    });
    let pattern = |filter: &YamlOwned| {
        let text = filter["Pattern"].as_str().expect("a pattern is text");
        serde_json::from_str(text).expect("a pattern is JSON")
    };
    filters.map(pattern).collect()
}

/// The stream's records that pass Lambda's filter before a function, in order.
pub async fn let_through(app: &TestApp, function: &str) -> Vec<Value> {
    let patterns = patterns(function);
    let mut records = records(app).await;
    records.retain(|record| {
        let mut patterns = patterns.iter();
        patterns.any(|pattern| matches(pattern, Some(record)))
    });
    records
}

/// Every record that the table's stream holds, oldest first, as DynamoDB writes them.
pub async fn records(app: &TestApp) -> Vec<Value> {
    let streams = call(app, "ListStreams", json!({})).await;
    let stream = &streams["Streams"][0]["StreamArn"];
    let description = call(app, "DescribeStream", json!({ "StreamArn": stream })).await;
    let mut records = Vec::new();
    let shards = description["StreamDescription"]["Shards"].as_array();
    for shard in shards.expect("a stream has shards") {
        let from_the_start = json!({
            "StreamArn": stream,
            "ShardId": shard["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let mut iterator =
            call(app, "GetShardIterator", from_the_start).await["ShardIterator"].take();
        // The shard is open, so there is always a next page. An empty one is the end for now.
        loop {
            let mut page = call(app, "GetRecords", json!({ "ShardIterator": iterator })).await;
            let Value::Array(found) = page["Records"].take() else {
                panic!("no records: {page}");
            };
            if found.is_empty() {
                break;
            }
            records.extend(found);
            iterator = page["NextShardIterator"].take();
        }
    }
    records
}

/// Calls DynamoDB Streams without the SDK, because filters work on the plain JSON.
async fn call(app: &TestApp, operation: &str, body: Value) -> Value {
    let endpoint = app.setting("AWS_ENDPOINT_URL_DYNAMODB");
    let request = Request::post(format!("{endpoint}/"))
        .header(
            "x-amz-target",
            format!("DynamoDBStreams_20120810.{operation}"),
        )
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-date", "20261123T120000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261123/us-east-1/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=0",
        )
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = http::send(&app.http, request).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    answer.json()
}
