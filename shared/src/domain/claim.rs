//! What a caller says that a proof proves.

use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

/// Whom a proof is presented for.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The user.
    pub user: UserId,
    /// The address that the caller takes to be proven, if it named one. A proof of another address
    /// is then none, or else it would vouch for an address that nobody was shown to read.
    pub address: Option<EmailAddress>,
}

impl Claim {
    /// Whether `record` is about the address that is claimed.
    #[must_use]
    pub fn is_about(&self, record: &UserRecord) -> bool {
        self.address
            .as_ref()
            .is_none_or(|claimed| claimed.is_same_mailbox(&record.address))
    }
}
