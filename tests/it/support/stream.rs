//! The table's stream, read as Lambda does.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::app::TestApp;
use super::http;

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
