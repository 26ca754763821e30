//! The least that the calls of a request cost: those of `request_email_verification` with no larger
//! constants, and nothing around them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use lambda_http::{Error, Request, run, service_fn};
use shared::runtime::aws::{Aws, Service};
use shared::runtime::settings::Environment;

const SES: Service = Service {
    endpoint_variable: "AWS_ENDPOINT_URL_SESV2",
    attempt: Duration::from_secs(3),
    operation: Duration::from_secs(5),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment = Environment::of_process();
    let aws = Aws::from_environment(&environment)?;
    let (table, sender) = (
        environment.required("TABLE_NAME")?,
        environment.required("SENDER")?,
    );
    let (config, connector) = (
        aws.service_config(&SES, &environment, None),
        aws.connector(),
    );
    tokio::join!(aws.open_dynamodb_connection(), async {
        shared::open_connection!(aws_sdk_sesv2, &config, &connector);
    });
    let (dynamodb, ses) = (aws.dynamodb(), aws_sdk_sesv2::Client::new(&config));
    let (is_first, html) = (
        AtomicBool::new(true),
        "<p>A paragraph of an email</p>\n".repeat(226),
    );
    let html = html.as_str();
    let (table, sender) = (table.as_str(), sender.as_str());
    run(service_fn(async |_: Request| {
        if is_first.swap(false, Ordering::Relaxed) {
            let key = AttributeValue::S("key#0".to_owned());
            let read = dynamodb.get_item().table_name(table).key("pk", key);
            read.consistent_read(true).send().await?;
        }
        let write = dynamodb.transact_write_items();
        let write = write.transact_items(update(table, "user#0")?);
        write
            .transact_items(update(table, "address#0")?)
            .send()
            .await?;
        let send = ses.send_email().from_email_address(sender);
        let to = Destination::builder()
            .to_addresses("ada@example.com")
            .build();
        send.destination(to).content(email(html)?).send().await?;
        Ok::<_, Error>("")
    }))
    .await
}

fn update(table: &str, key: &str) -> Result<TransactWriteItem, Error> {
    let update = Update::builder()
        .table_name(table)
        .key("pk", AttributeValue::S(key.to_owned()))
        .condition_expression("attribute_not_exists(version)")
        .update_expression("SET email = :email, expires_at = :at")
        .expression_attribute_values(":email", AttributeValue::S("ada@example.com".to_owned()))
        .expression_attribute_values(":at", AttributeValue::N("1795435200".to_owned()));
    Ok(TransactWriteItem::builder().update(update.build()?).build())
}

fn email(html: &str) -> Result<EmailContent, Error> {
    let content = |data: &str| Content::builder().data(data).charset("UTF-8").build();
    let body = Body::builder().html(content(html)?);
    let body = body.text(content("A text. ".repeat(80).as_str())?).build();
    let message = Message::builder().subject(content("A subject")?).body(body);
    Ok(EmailContent::builder().simple(message.build()).build())
}
