//! The write of a verification: one conditional update.

use aws_sdk_dynamodb::types::ReturnValue;

use super::attempts::{ATTEMPTS_VERSION, WRONG_CODES, attempts_of};
use super::conditional::Conditional;
use super::item::{EXPIRES_AT, VERSION, canonical, text, timestamp, written_timestamp};
use super::update::{Condition, ItemUpdate};
use super::user::{
    ADDRESS, CODES, EMAIL, INVALIDATED_LINKS, LINKS, MAIL_LANGUAGE, PENDING, SPELLINGS,
    VERIFIED_ADDRESS, VERIFIED_AT, VERIFIED_BY, VERIFIED_EMAIL, VERIFIED_LANGUAGE,
};
use super::{Store, StoreError, user};
use crate::domain::claim::Claim;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::Channel;
use crate::domain::link_token::LinkDigest;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;
use crate::domain::user_record::{ProofMethod, UserRecord, Verification};
use crate::domain::version::Version;

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
        let mail = MailId::of(link);
        let is_live = Condition::from(format!("{LINKS}.#mail > :now"));
        let update = verification(&claim.user, &mail, ProofMethod::Link, channel, now)
            .only_if(is_live.value(":now", timestamp(now)));
        let update = match &claim.address {
            None => update,
            Some(claimed) => {
                let is_claimed = Condition::from(format!("{ADDRESS} = :claimed"));
                update.only_if(is_claimed.value(":claimed", canonical(claimed)))
            }
        };
        self.verify(update).await
    }

    /// Verifies the user's address if the code of `mail` is live, the record still has the version
    /// for which the code was compared, and the address is not verified yet.
    pub async fn verify_by_code(
        &self,
        user: &UserId,
        mail: &MailId,
        seen_version: Version,
        channel: Channel,
        now: Timestamp,
    ) -> Result<VerificationWrite, StoreError> {
        let is_live = Condition::from(format!("{CODES}.#mail.{EXPIRES_AT} > :now"));
        let update = verification(user, mail, ProofMethod::Code, channel, now)
            .only_if(is_live.value(":now", timestamp(now)))
            .only_if(Condition::has_version(VERSION, seen_version));
        self.verify(update).await
    }

    async fn verify(&self, update: ItemUpdate) -> Result<VerificationWrite, StoreError> {
        match self.update_returning(ReturnValue::AllNew, update).await? {
            Conditional::Written(item) => {
                let verified = user::read(Some(&item))?.and_then(|record| record.verified);
                let verified = verified.ok_or_else(|| {
                    StoreError::Malformed(
                        "a verified record came back without its verification".into(),
                    )
                })?;
                Ok(VerificationWrite::Written(verified))
            }
            Conditional::Refused(found) => {
                let record = user::read(found.as_ref())?;
                Ok(record.map_or(VerificationWrite::UnknownUser, |record| {
                    VerificationWrite::Refused(Box::new(record))
                }))
            }
        }
    }
}

/// The update that verifies by the proof of `mail`, in the spelling of that mail, if the address
/// is not verified yet.
///
/// The new version makes a request in flight lose its optimistic write, so that it cannot set an
/// expiry on a record that stays. The removal of `pending` makes the write an event: template.yaml
/// filters the table's stream for it. `verified_by` is for the event alone. All attempts of the
/// channel are refunded. The record stays, so it must not keep another reader's address in
/// `invalidated_links`.
fn verification(
    user: &UserId,
    mail: &MailId,
    method: ProofMethod,
    channel: Channel,
    now: Timestamp,
) -> ItemUpdate {
    ItemUpdate::of(user::key(user))
        .only_if(format!(
            "attribute_not_exists({VERIFIED_ADDRESS}) OR {VERIFIED_ADDRESS} <> {ADDRESS}"
        ))
        .name("#mail", mail)
        .set_to(VERIFIED_ADDRESS, ADDRESS)
        .set_to(
            VERIFIED_EMAIL,
            format!("if_not_exists({SPELLINGS}.#mail, {EMAIL})"),
        )
        .set(VERIFIED_AT, written_timestamp(now))
        .set(VERIFIED_BY, text(method.as_str()))
        .set_to(
            VERIFIED_LANGUAGE,
            format!("if_not_exists({MAIL_LANGUAGE}, :unknown)"),
        )
        .value(":unknown", text(""))
        .remove(PENDING)
        .remove(INVALIDATED_LINKS)
        .remove(EXPIRES_AT)
        .increment(VERSION)
        .change_version(ATTEMPTS_VERSION, Version::first_by_mail(mail))
        .remove(WRONG_CODES)
        .remove(attempts_of(channel))
}
