//! The write of a verification: one conditional update.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::{self, Conditional};
use super::{Store, StoreError, item};
use crate::domain::claim::Claim;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::Channel;
use crate::domain::link_token::LinkDigest;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;
use crate::domain::user_record::{Method, UserRecord, Verification};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerificationWrite {
    Written(Verification),
    /// Nothing was written: the record does not meet the condition.
    Refused(Box<UserRecord>),
    /// Nothing was written.
    UnknownUser,
}

impl Store {
    /// Verifies the user's address if `link` is live, the address is the claimed one, and it is not
    /// verified yet. The condition of the write checks the expiry, without a read before it.
    pub async fn verify_by_link(
        &self,
        claim: &Claim,
        link: &LinkDigest,
        channel: Channel,
        now: Timestamp,
    ) -> Result<VerificationWrite, StoreError> {
        // A link's digest is the same text as its mail's id.
        const IS_LIVE: &str = "links.#mail > :now";
        let mail = MailId::of(link);
        let update = self.verification(&claim.user, &mail, Method::Link, channel, now);
        let Some(claimed) = &claim.address else {
            return self.verify(update, IS_LIVE).await;
        };
        let claimed = AttributeValue::S(claimed.canonical().to_owned());
        let update = update.expression_attribute_values(":claimed", claimed);
        self.verify(update, &format!("{IS_LIVE} AND address = :claimed"))
            .await
    }

    /// Verifies the user's address if the code of `mail` is live, the record still has the version
    /// for which the code was compared, and the address is not verified yet.
    pub async fn verify_by_code(
        &self,
        user: &UserId,
        mail: &MailId,
        seen_version: u64,
        channel: Channel,
        now: Timestamp,
    ) -> Result<VerificationWrite, StoreError> {
        let update = self
            .verification(user, mail, Method::Code, channel, now)
            .expression_attribute_values(":seen", item::number(seen_version));
        self.verify(update, "codes.#mail.expires_at > :now AND version = :seen")
            .await
    }

    /// The update that verifies by the proof of `mail`, in the spelling of that mail.
    ///
    /// The new version makes a request in flight lose its optimistic write, so that it cannot set
    /// an expiry on a record that stays. The removal of `pending` makes the write an event:
    /// template.yaml filters the table's stream for it. `verified_by` is for the event alone. All
    /// attempts of the channel are refunded.
    fn verification(
        &self,
        user: &UserId,
        mail: &MailId,
        method: Method,
        channel: Channel,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, item::user_key(user))
            .update_expression(
                "SET verified_address = address, \
                 verified_email = if_not_exists(spellings.#mail, email), \
                 verified_at = :verified_at, verified_by = :verified_by, version = version + :one, \
                 attempts_version = if_not_exists(attempts_version, :none) + :one \
                 REMOVE expires_at, pending, wrong_codes, #attempts",
            )
            .expression_attribute_names("#mail", mail.to_string())
            .expression_attribute_names("#attempts", item::attempts_of(channel))
            .expression_attribute_values(":now", item::timestamp(now))
            .expression_attribute_values(":verified_at", item::written_timestamp(now))
            .expression_attribute_values(
                ":verified_by",
                AttributeValue::S(method.as_str().to_owned()),
            )
            .expression_attribute_values(":none", item::number(0))
            .expression_attribute_values(":one", item::number(1))
            .return_values(ReturnValue::AllNew)
    }

    async fn verify(
        &self,
        update: UpdateItemFluentBuilder,
        proof: &str,
    ) -> Result<VerificationWrite, StoreError> {
        let update = update.condition_expression(format!(
            "{proof} AND (attribute_not_exists(verified_address) OR verified_address <> address)"
        ));
        match conditional::update(update).await? {
            Conditional::Written(item) => {
                let verified = item::read_user(&item)?.and_then(|record| record.verified);
                let verified = verified.ok_or_else(|| {
                    StoreError::Malformed(
                        "a verified record came back without its verification".into(),
                    )
                })?;
                Ok(VerificationWrite::Written(verified))
            }
            Conditional::Refused(found) => {
                let record = found.as_ref().map(item::read_user).transpose()?.flatten();
                Ok(record.map_or(VerificationWrite::UnknownUser, |record| {
                    VerificationWrite::Refused(Box::new(record))
                }))
            }
        }
    }
}
