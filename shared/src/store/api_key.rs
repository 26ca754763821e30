//! The item of an [`ApiKey`].

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{
    EXPIRES_AT, Item, KEY, as_text, as_texts, as_timestamp, optional, required, text, timestamp,
};
use super::{OperatorStore, Store, StoreError, unavailable};
use crate::domain::api_key::{ApiKey, ApiKeyDigest};

pub(super) const PREFIX: &str = "key#";
const LABEL: &str = "label";
const SCOPES: &str = "scopes";
const CREATED_AT: &str = "created_at";

fn key(digest: &ApiKeyDigest) -> AttributeValue {
    text(format!("{PREFIX}{}", digest.encode()))
}

fn as_digest(value: &AttributeValue) -> Option<ApiKeyDigest> {
    ApiKeyDigest::parse(value.as_s().ok()?.strip_prefix(PREFIX)?)
}

/// The whole item.
fn write(digest: &ApiKeyDigest, api_key: &ApiKey) -> Item {
    let attributes = [
        (KEY, key(digest)),
        (LABEL, text(&api_key.label)),
        (SCOPES, AttributeValue::Ss(api_key.scopes.clone())),
        (CREATED_AT, timestamp(api_key.created_at)),
    ];
    let expires_at = api_key.expires_at.map(|at| (EXPIRES_AT, timestamp(at)));
    let attributes = attributes.into_iter().chain(expires_at);
    attributes
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(super) fn read(item: &Item) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        label: required(item, LABEL, as_text)?,
        scopes: required(item, SCOPES, as_texts)?,
        created_at: required(item, CREATED_AT, as_timestamp)?,
        expires_at: optional(item, EXPIRES_AT, as_timestamp)?,
    })
}

impl Store {
    /// A consistent read, so that a revoked key is not found again.
    pub async fn find_api_key(&self, digest: &ApiKeyDigest) -> Result<Option<ApiKey>, StoreError> {
        let found = self.find(key(digest)).await?;
        found.as_ref().map(read).transpose()
    }
}

impl OperatorStore {
    /// All keys, in no particular order.
    pub async fn list_api_keys(&self) -> Result<Vec<(ApiKeyDigest, ApiKey)>, StoreError> {
        let scan = self
            .store
            .client
            .scan()
            .filter_expression(format!("begins_with({KEY}, :prefix)"))
            .expression_attribute_values(":prefix", text(PREFIX));
        let items = self.scan_all(scan).await?;
        items
            .iter()
            .map(|item| Ok((required(item, KEY, as_digest)?, read(item)?)))
            .collect()
    }

    /// Idempotent.
    pub async fn delete_api_key(&self, digest: &ApiKeyDigest) -> Result<(), StoreError> {
        self.delete(key(digest)).await
    }

    /// Creates or replaces a key.
    pub async fn put_api_key(&self, digest: &ApiKeyDigest, key: &ApiKey) -> Result<(), StoreError> {
        let put = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(write(digest, key)));
        put.send().await.map_err(unavailable)?;
        Ok(())
    }
}
