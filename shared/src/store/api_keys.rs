//! API keys in the table.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{self, as_moment, as_text, as_texts, read, read_optional};
use super::{Store, StoreError, unavailable};
use crate::api_key::{ApiKey, ApiKeyDigest};

impl Store {
    /// The key with this digest, read consistently, so that a revoked one is gone at once.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn find_api_key(&self, digest: &ApiKeyDigest) -> Result<Option<ApiKey>, StoreError> {
        let Some(item) = self.find(key_of(digest)).await? else {
            return Ok(None);
        };
        Ok(Some(ApiKey {
            label: read(&item, "label", as_text)?,
            scopes: read(&item, "scopes", as_texts)?,
            created_at: read(&item, "created_at", as_moment)?,
            expires_at: read_optional(&item, "expires_at", as_moment)?,
        }))
    }

    /// Stores a key under its digest, in place of one that was there.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve.
    pub async fn put_api_key(&self, digest: &ApiKeyDigest, key: &ApiKey) -> Result<(), StoreError> {
        let mut put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(item::KEY, key_of(digest))
            .item("label", AttributeValue::S(key.label.clone()))
            .item("scopes", AttributeValue::Ss(key.scopes.clone()))
            .item("created_at", item::moment(key.created_at));
        if let Some(expires_at) = key.expires_at {
            put = put.item("expires_at", item::moment(expires_at));
        }
        put.send().await.map_err(|error| unavailable(&error))?;
        Ok(())
    }
}

fn key_of(digest: &ApiKeyDigest) -> AttributeValue {
    AttributeValue::S(format!("key#{}", digest.encode()))
}
