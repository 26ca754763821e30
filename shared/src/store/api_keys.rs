//! API keys in the table.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{self, Item, as_text, as_texts, as_timestamp, read, read_optional};
use super::{OperatorStore, Store, StoreError, unavailable};
use crate::domain::api_key::{ApiKey, ApiKeyDigest};

const PREFIX: &str = "key#";

impl Store {
    /// A consistent read, so that a revoked key is gone at once.
    pub async fn find_api_key(&self, digest: &ApiKeyDigest) -> Result<Option<ApiKey>, StoreError> {
        let found = self.find(key_of(digest)).await?;
        found.as_ref().map(read_key).transpose()
    }
}

impl OperatorStore {
    /// All keys, in no particular order.
    pub async fn list_api_keys(&self) -> Result<Vec<(ApiKeyDigest, ApiKey)>, StoreError> {
        let scan = self
            .store
            .client
            .scan()
            .filter_expression("begins_with(pk, :prefix)")
            .expression_attribute_values(":prefix", AttributeValue::S(PREFIX.to_owned()));
        let items = self.scan_all(scan).await?;
        items
            .iter()
            .map(|item| Ok((read(item, item::KEY, as_digest)?, read_key(item)?)))
            .collect()
    }

    /// Idempotent.
    pub async fn delete_api_key(&self, digest: &ApiKeyDigest) -> Result<(), StoreError> {
        self.delete(key_of(digest)).await
    }

    /// Creates or replaces a key.
    pub async fn put_api_key(&self, digest: &ApiKeyDigest, key: &ApiKey) -> Result<(), StoreError> {
        let mut put = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .item(item::KEY, key_of(digest))
            .item("label", AttributeValue::S(key.label.clone()))
            .item("scopes", AttributeValue::Ss(key.scopes.clone()))
            .item("created_at", item::timestamp(key.created_at));
        if let Some(expires_at) = key.expires_at {
            put = put.item("expires_at", item::timestamp(expires_at));
        }
        put.send().await.map_err(unavailable)?;
        Ok(())
    }
}

fn key_of(digest: &ApiKeyDigest) -> AttributeValue {
    AttributeValue::S(format!("{PREFIX}{}", digest.encode()))
}

fn as_digest(value: &AttributeValue) -> Option<ApiKeyDigest> {
    ApiKeyDigest::parse(value.as_s().ok()?.strip_prefix(PREFIX)?)
}

fn read_key(item: &Item) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        label: read(item, "label", as_text)?,
        scopes: read(item, "scopes", as_texts)?,
        created_at: read(item, "created_at", as_timestamp)?,
        expires_at: read_optional(item, "expires_at", as_timestamp)?,
    })
}
