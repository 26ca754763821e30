//! The user, and optionally the address, for whom a proof is presented.

use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

#[derive(Clone, Debug)]
pub struct Claim {
    pub user: UserId,
    /// The address that the caller named, if any. A proof of another address is then invalid, as
    /// the caller would record the named address as verified.
    pub address: Option<EmailAddress>,
}

impl Claim {
    /// Whether the address on record is the claimed one.
    #[must_use]
    pub fn is_about(&self, record: &UserRecord) -> bool {
        self.address
            .as_ref()
            .is_none_or(|claimed| claimed.is_same_mailbox(&record.address))
    }
}
