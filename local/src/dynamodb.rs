//! DynamoDB on one machine: an embedded emulator behind the real wire format, with the table that
//! `template.yaml` declares.

use std::error::Error;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    StreamSpecification, StreamViewType, TimeToLiveSpecification,
};
use dynoxide::Database;
use saphyr::{LoadableYamlNode, Yaml};
use thiserror::Error as ThisError;
use tokio::net::TcpListener;

/// The template that is deployed. It is compiled in, so that the program runs from any folder.
const TEMPLATE: &str = include_str!("../../template.yaml");

#[derive(Debug, ThisError)]
pub enum DatabaseError {
    #[error("the database cannot be opened")]
    Storage(#[source] Box<dyn Error + Send + Sync>),
    #[error("template.yaml declares no {0} for the table")]
    Template(&'static str),
    #[error("the table cannot be created")]
    Table(#[source] Box<dyn Error + Send + Sync>),
}

/// Opens a database in this folder, or one in memory.
pub fn open(folder: Option<&Path>) -> Result<Database, DatabaseError> {
    let Some(folder) = folder else {
        return Database::memory().map_err(|error| DatabaseError::Storage(error.into()));
    };
    std::fs::create_dir_all(folder).map_err(|error| DatabaseError::Storage(error.into()))?;
    let file = folder.join("dynamodb.sqlite");
    let file = file
        .to_str()
        .ok_or_else(|| DatabaseError::Storage("the name of the folder is not UTF-8".into()))?;
    Database::new(file).map_err(|error| DatabaseError::Storage(error.into()))
}

/// Serves until `shutdown` completes.
pub async fn serve(
    database: Database,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, shutdown).await {
        tracing::error!(error, "DynamoDB stopped");
    }
}

/// Creates the table as the template declares it, if it is not there.
pub async fn create_table(client: &Client, name: &str) -> Result<(), DatabaseError> {
    let declared = declared_table()?;
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(declared.attributes))
        .set_key_schema(Some(declared.key))
        .stream_specification(declared.stream)
        .send()
        .await;
    if let Err(error) = created {
        let exists = error
            .as_service_error()
            .is_some_and(CreateTableError::is_resource_in_use_exception);
        return if exists {
            Ok(())
        } else {
            Err(DatabaseError::Table(error.into()))
        };
    }
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(declared.time_to_live)
        .send()
        .await
        .map_err(|error| DatabaseError::Table(error.into()))?;
    Ok(())
}

struct DeclaredTable {
    attributes: Vec<AttributeDefinition>,
    key: Vec<KeySchemaElement>,
    time_to_live: TimeToLiveSpecification,
    stream: StreamSpecification,
}

fn declared_table() -> Result<DeclaredTable, DatabaseError> {
    let documents = Yaml::load_from_str(TEMPLATE).map_err(|_| DatabaseError::Template("YAML"))?;
    let properties = documents
        .first()
        .and_then(|template| {
            template
                .as_mapping_get("Resources")?
                .as_mapping_get("Table")?
                .as_mapping_get("Properties")
        })
        .ok_or(DatabaseError::Template("Properties"))?;
    let text = |node: &Yaml<'_>, name: &str| node.as_mapping_get(name)?.as_str().map(str::to_owned);
    let list = |name| properties.as_mapping_get(name).and_then(Yaml::as_sequence);

    let attribute = |node: &Yaml<'_>| {
        let kind = ScalarAttributeType::from(text(node, "AttributeType")?.as_str());
        AttributeDefinition::builder()
            .attribute_name(text(node, "AttributeName")?)
            .attribute_type(kind)
            .build()
            .ok()
    };
    let key = |node: &Yaml<'_>| {
        let kind = KeyType::from(text(node, "KeyType")?.as_str());
        KeySchemaElement::builder()
            .attribute_name(text(node, "AttributeName")?)
            .key_type(kind)
            .build()
            .ok()
    };
    let time_to_live = properties
        .as_mapping_get("TimeToLiveSpecification")
        .and_then(|node| {
            let enabled = node.as_mapping_get("Enabled")?.as_bool()?;
            TimeToLiveSpecification::builder()
                .attribute_name(text(node, "AttributeName")?)
                .enabled(enabled)
                .build()
                .ok()
        });
    // CloudFormation has no switch for the stream: saying what is in it turns it on.
    let stream = properties
        .as_mapping_get("StreamSpecification")
        .and_then(|node| {
            let view = StreamViewType::from(text(node, "StreamViewType")?.as_str());
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(view)
                .build()
                .ok()
        });
    Ok(DeclaredTable {
        attributes: list("AttributeDefinitions")
            .and_then(|nodes| nodes.iter().map(attribute).collect())
            .ok_or(DatabaseError::Template("AttributeDefinitions"))?,
        key: list("KeySchema")
            .and_then(|nodes| nodes.iter().map(key).collect())
            .ok_or(DatabaseError::Template("KeySchema"))?,
        time_to_live: time_to_live.ok_or(DatabaseError::Template("TimeToLiveSpecification"))?,
        stream: stream.ok_or(DatabaseError::Template("StreamSpecification"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_template() {
        let table = declared_table().unwrap();
        assert_eq!(table.key.len(), 1);
        assert_eq!(table.key.first().unwrap().attribute_name(), "pk");
        assert_eq!(
            table.attributes.first().unwrap().attribute_type(),
            &ScalarAttributeType::S
        );
        assert_eq!(table.time_to_live.attribute_name(), "expires_at");
        assert!(table.time_to_live.enabled());
        assert_eq!(
            table.stream.stream_view_type(),
            Some(&StreamViewType::NewAndOldImages)
        );
    }
}
