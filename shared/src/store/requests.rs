//! Writes of a request: the proof and both counts at once, or nothing.

use super::item::{MAILS, VERSION};
use super::transaction::{Found, Transaction};
use super::update::ItemUpdate;
use super::user::{CODES, LINKS};
use super::{Store, StoreError, address, user};
use crate::domain::address_record::AddressRecord;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

/// The outcome of an optimistic write of a user's and an address's record.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is created per request, and taken apart at once"
)]
pub enum Commit {
    Written,
    /// Nothing was written, as a record was not as assumed.
    Stale {
        user: Found<UserRecord>,
        address: Found<AddressRecord>,
    },
    /// Another transaction was writing one of the items, or an earlier attempt of this one, which
    /// may be applied. Retry.
    Contended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailRefund {
    /// Nobody can have received the mail.
    CountAndProof,
    /// Somebody may have received the mail, so its proof stays.
    Count,
}

impl Commit {
    /// Of a transaction on the item of a user and that of an address, in this order.
    pub(super) fn of(transaction: Transaction) -> Result<Self, StoreError> {
        Ok(match transaction {
            Transaction::Written => Self::Written,
            Transaction::Contended => Self::Contended,
            Transaction::Refused([user, address]) => Self::Stale {
                user: user.read(user::read)?,
                address: address.read(address::read)?,
            },
        })
    }
}

impl Store {
    /// Writes both records in one transaction, each on the condition that it still has the version
    /// before.
    pub async fn commit_request(
        &self,
        user_id: &UserId,
        user: &UserRecord,
        address: &AddressRecord,
    ) -> Result<Commit, StoreError> {
        let of_user = user::request(user_id, user);
        let of_address = address::request(&user.address, address);
        Commit::of(self.transact([of_user, of_address]).await?)
    }

    /// Removes a mail from both rate limits. It commutes with other writes and is idempotent, so it
    /// can be retried until DynamoDB answers. After an error, one of its two writes may be applied.
    pub async fn refund_mail(
        &self,
        user: &UserId,
        address: &EmailAddress,
        mail: &MailId,
        refund: MailRefund,
    ) -> Result<(), StoreError> {
        let uncount = |key| {
            ItemUpdate::of(key)
                .only_if(format!("attribute_exists({MAILS}.#mail)"))
                .increment(VERSION)
                .remove(format!("{MAILS}.#mail"))
                .name("#mail", mail)
        };
        let of_user = uncount(user::key(user));
        let of_user = match refund {
            MailRefund::Count => of_user,
            // A link's digest is the same text as its mail's id.
            MailRefund::CountAndProof => of_user
                .remove(format!("{LINKS}.#mail"))
                .remove(format!("{CODES}.#mail")),
        };
        self.update(of_user).await?;
        self.update(uncount(address::key(address))).await?;
        Ok(())
    }
}
