//! The least that the calls of a verification cost: those of `verify_email` with smaller constants,
//! and nothing around them.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_http::{Error, Request, run, service_fn};
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment = Environment::of_process();
    let aws = Aws::from_environment(&environment)?;
    aws.open_dynamodb_connection().await;
    let (dynamodb, is_first) = (aws.dynamodb(), AtomicBool::new(true));
    let table = environment.required("TABLE_NAME")?;
    let table = table.as_str();
    run(service_fn(async |_: Request| {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        if is_first.swap(false, Ordering::Relaxed) {
            let read = dynamodb
                .get_item()
                .table_name(table)
                .key("pk", text("key#0"));
            read.consistent_read(true).send().await?;
        }
        let write = dynamodb
            .update_item()
            .table_name(table)
            .key("pk", text("user#0"));
        write
            .condition_expression("attribute_not_exists(version)")
            .update_expression("SET email = :email, verified_at = :at")
            .expression_attribute_values(":email", text("ada@example.com"))
            .expression_attribute_values(":at", text("2026-11-23T12:00:00Z"))
            .return_values(ReturnValue::AllNew)
            .send()
            .await?;
        Ok::<_, Error>("")
    }))
    .await
}
