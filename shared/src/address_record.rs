//! What is on record about an address, whoever asked to verify it.

use crate::allowance::MailAllowance;
use crate::clock::Timestamp;
use crate::proof::TokenDigest;

/// One address's item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRecord {
    /// Counts the writes: the next one holds only if nobody wrote in between.
    pub version: u64,
    /// Whether its mail bounced, or its reader complained: SES would not deliver there any more.
    pub suppressed: bool,
    /// The mails that count against this address.
    pub mails: MailAllowance,
}

impl AddressRecord {
    /// The record once `mail` is sent at `now`.
    #[must_use]
    pub fn with_mail(current: Option<&Self>, mail: TokenDigest, now: Timestamp) -> Self {
        let unknown = Self::default();
        let current = current.unwrap_or(&unknown);
        Self {
            version: current.version + 1,
            suppressed: current.suppressed,
            mails: current.mails.with(mail, now),
        }
    }

    /// When the item may leave the table: as soon as nothing counts any more. `None` for a
    /// suppressed address: that stays.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.mails.empty_from().filter(|_| !self.suppressed)
    }
}
