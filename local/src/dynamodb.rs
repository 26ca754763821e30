//! DynamoDB on one machine: an embedded emulator behind the real wire format, with the table that
//! `template.yaml` declares.

use std::io;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::path::{Path, PathBuf};

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use dynoxide::{Database, DynoxideError};
use saphyr::{LoadableYamlNode, ScanError, Yaml};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use thiserror::Error;
use tokio::net::TcpListener;

/// The template that is deployed. It is compiled in, so that the program runs from any folder.
const TEMPLATE: &str = include_str!("../../template.yaml");

#[derive(Debug, Error)]
pub enum DatabaseError {
    #[error("the database in memory cannot be opened")]
    Memory(#[source] DynoxideError),
    #[error("choose another folder with --data; {} cannot be opened", file.display())]
    File {
        file: PathBuf,
        source: DynoxideError,
    },
    #[error("{} is not UTF-8; choose another folder with --data", .0.display())]
    FileName(PathBuf),
    #[error("template.yaml is not YAML")]
    Yaml(#[source] ScanError),
    #[error("template.yaml declares no {0} for the table")]
    Template(&'static str),
    #[error("DynamoDB does not accept the table that template.yaml declares")]
    Declaration(#[source] serde_json::Error),
    #[error("the table cannot be created")]
    Table(#[source] DynoxideError),
    #[error("end a program that uses ports; there is no free one for DynamoDB behind the edge")]
    Port(#[source] io::Error),
}

/// Opens the database of this file, or one in memory.
pub fn open(file: Option<&Path>) -> Result<Database, DatabaseError> {
    let Some(file) = file else {
        return Database::memory().map_err(DatabaseError::Memory);
    };
    let name = file.to_str();
    let name = name.ok_or_else(|| DatabaseError::FileName(file.to_owned()))?;
    Database::new(name).map_err(|source| DatabaseError::File {
        file: file.to_owned(),
        source,
    })
}

/// A port behind the edge, and its URL.
pub(crate) fn listen() -> Result<(TcpListener, String), DatabaseError> {
    let bind = || {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok((TcpListener::from_std(listener)?, url))
    };
    bind().map_err(DatabaseError::Port)
}

/// Serves until the task ends.
pub async fn serve(database: Database, listener: TcpListener) {
    let never = std::future::pending();
    if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, never).await {
        tracing::error!(error, "DynamoDB stopped");
    }
}

/// Creates the table as the template declares it, if it is not there.
pub fn create_table(database: &Database, name: &str) -> Result<(), DatabaseError> {
    let templates = Yaml::load_from_str(TEMPLATE).map_err(DatabaseError::Yaml)?;
    let declared = templates
        .first()
        .and_then(|template| {
            template
                .as_mapping_get("Resources")?
                .as_mapping_get("Table")?
                .as_mapping_get("Properties")
        })
        .ok_or(DatabaseError::Template("Properties"))?;
    let property = |name| {
        let value = declared.as_mapping_get(name);
        value.map(json_of).ok_or(DatabaseError::Template(name))
    };
    let mut stream = property("StreamSpecification")?;
    // In a template, the view type turns the stream on. The API has a switch of its own.
    stream["StreamEnabled"] = json!(true);
    let created = database.create_table(request::<CreateTableRequest>(json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": property("AttributeDefinitions")?,
        "KeySchema": property("KeySchema")?,
        "GlobalSecondaryIndexes": property("GlobalSecondaryIndexes")?,
        "StreamSpecification": stream,
    }))?);
    match created {
        Ok(_) => {}
        Err(DynoxideError::ResourceInUseException(_)) => return Ok(()),
        Err(error) => return Err(DatabaseError::Table(error)),
    }
    let time_to_live = request::<UpdateTimeToLiveRequest>(json!({
        "TableName": name,
        "TimeToLiveSpecification": property("TimeToLiveSpecification")?,
    }))?;
    let updated = database.update_time_to_live(time_to_live);
    updated.map(|_| ()).map_err(DatabaseError::Table)
}

fn request<R: DeserializeOwned>(json: Value) -> Result<R, DatabaseError> {
    serde_json::from_value(json).map_err(DatabaseError::Declaration)
}

/// Templates have the names of DynamoDB's API. All else that YAML may hold is `null`.
fn json_of(yaml: &Yaml<'_>) -> Value {
    if let Some(mapping) = yaml.as_mapping() {
        let entry = |(key, value): (&Yaml<'_>, _)| Some((key.as_str()?.to_owned(), json_of(value)));
        return Value::Object(mapping.iter().filter_map(entry).collect::<Map<_, _>>());
    }
    if let Some(list) = yaml.as_sequence() {
        return list.iter().map(json_of).collect();
    }
    match yaml.as_bool() {
        Some(is_true) => json!(is_true),
        None => json!(yaml.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use dynoxide::actions::describe_table::DescribeTableRequest;
    use dynoxide::actions::describe_time_to_live::DescribeTimeToLiveRequest;

    use super::*;

    #[test]
    fn the_table_is_that_of_the_template() {
        let database = open(None).unwrap();
        create_table(&database, "table").unwrap();
        let describe = DescribeTableRequest {
            table_name: "table".to_owned(),
        };
        let table = serde_json::to_value(database.describe_table(describe).unwrap()).unwrap();
        let table = &table["Table"];
        let key = json!([{ "AttributeName": "pk", "KeyType": "HASH" }]);
        assert_eq!(table["KeySchema"], key);
        let attributes = json!([
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "verified_address", "AttributeType": "S" },
        ]);
        assert_eq!(table["AttributeDefinitions"], attributes);
        let index = &table["GlobalSecondaryIndexes"][0];
        assert_eq!(index["IndexName"], "verified_address");
        let projection = json!({ "ProjectionType": "KEYS_ONLY" });
        assert_eq!(index["Projection"], projection);
        let stream = json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
        assert_eq!(table["StreamSpecification"], stream);
        let describe = DescribeTimeToLiveRequest {
            table_name: "table".to_owned(),
        };
        let expiry = database.describe_time_to_live(describe).unwrap();
        let expiry = serde_json::to_value(expiry).unwrap();
        let expected = json!({ "AttributeName": "expires_at", "TimeToLiveStatus": "ENABLED" });
        assert_eq!(expiry["TimeToLiveDescription"], expected);
    }

    #[test]
    fn an_existing_table_stays() {
        let database = open(None).unwrap();
        create_table(&database, "table").unwrap();
        create_table(&database, "table").unwrap();
    }
}
