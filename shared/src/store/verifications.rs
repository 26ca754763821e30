//! The write of a verification: one conditional update.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::{Store, StoreError, item, unavailable};
use crate::clock::Timestamp;
use crate::confirm_verification::Claim;
use crate::proof::TokenDigest;
use crate::user_id::UserId;
use crate::user_record::{UserRecord, Verification};

/// The verification, or what is on record in its stead (`None`: nothing is).
pub type Verified = Result<Verification, Option<UserRecord>>;

impl Store {
    /// Records the user's address as verified if `link` is a live proof of it, it is the one that is
    /// claimed and it is not verified yet. Expiry is checked in the write itself, and nothing is read
    /// before it.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn verify_by_link(
        &self,
        claim: &Claim,
        link: &TokenDigest,
        now: Timestamp,
    ) -> Result<Verified, StoreError> {
        const IS_LIVE: &str = "links.#mail > :now";
        let (user, claimed) = (&claim.user, claim.address.as_ref());
        let Some(claimed) = claimed.map(|address| address.canonical().to_owned()) else {
            return self.verify(user, link, now, IS_LIVE, |update| update).await;
        };
        let is_live_and_claimed = format!("{IS_LIVE} AND address = :claimed");
        self.verify(user, link, now, &is_live_and_claimed, |update| {
            update.expression_attribute_values(":claimed", AttributeValue::S(claimed))
        })
        .await
    }

    /// Records the user's address as verified if the code of `mail` is alive, the record is still at the
    /// version at which the code was found right, and the address is not verified yet.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn verify_by_code(
        &self,
        user: &UserId,
        mail: &TokenDigest,
        seen_version: u64,
        now: Timestamp,
    ) -> Result<Verified, StoreError> {
        let proof = "codes.#mail.expires_at > :now AND version = :seen";
        self.verify(user, mail, now, proof, |update| {
            update.expression_attribute_values(":seen", item::number(seen_version))
        })
        .await
    }

    /// The new version makes a request that was decided before this write lose its round, so that
    /// it cannot put an expiry on a record that stays. That `pending` leaves makes the write an event:
    /// template.yaml looks for it in the table's stream.
    async fn verify(
        &self,
        user: &UserId,
        mail: &TokenDigest,
        now: Timestamp,
        proof: &str,
        with_values: impl FnOnce(UpdateItemFluentBuilder) -> UpdateItemFluentBuilder,
    ) -> Result<Verified, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, item::user_key(user))
            .condition_expression(format!(
                "{proof} AND (attribute_not_exists(verified_address) OR verified_address <> address)"
            ))
            .update_expression(
                "SET verified_address = address, verified_email = email, \
                 verified_at = :verified_at, version = version + :one REMOVE expires_at, pending",
            )
            .expression_attribute_names("#mail", mail.encode())
            .expression_attribute_values(":now", item::moment(now))
            .expression_attribute_values(":verified_at", item::written_moment(now))
            .expression_attribute_values(":one", item::number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match with_values(update).send().await {
            Ok(written) => {
                let record = item::read_user(&written.attributes.unwrap_or_default())?;
                let verification = record.verified.ok_or_else(|| {
                    StoreError::Malformed(
                        "a verified record came back without its verification".to_owned(),
                    )
                })?;
                return Ok(Ok(verification));
            }
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                Ok(Err(refused.item().map(item::read_user).transpose()?))
            }
            _ => Err(unavailable(&error)),
        }
    }
}
