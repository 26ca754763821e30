//! A reader's refusal: no mail goes to their address for a while.
//!
//! It is a record of its own beside a bounce or a complaint, so neither replaces the other, and
//! only the refusal ends.

use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Suppression, SuppressionReason};
use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;

/// How long a refusal holds.
pub const REFUSAL: Duration = Duration::from_hours(30 * 24);

/// The newest refusal of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub at: Timestamp,
    /// In the spelling of the mail.
    pub email: EmailAddress,
    /// For whom the refused mail was sent.
    pub user: UserId,
}

impl Refusal {
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.at.plus(REFUSAL)
    }

    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.ends_at() > now
    }

    #[must_use]
    pub fn suppression(&self) -> Suppression {
        Suppression {
            reason: SuppressionReason::Refused,
            at: self.at,
            email: self.email.clone(),
            mail: None,
            user: Some(self.user),
        }
    }
}

/// A link that a refusal or a move to another address invalidated. It proves nothing any more, but
/// still names the address that it was mailed to, so its reader may refuse or allow mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidatedLink {
    /// When it was invalidated, or mail to its address was last refused.
    pub at: Timestamp,
    /// In the spelling of the mail.
    pub email: EmailAddress,
    /// Whether its reader refused mail. Otherwise the user moved to another address.
    pub refused: bool,
}

impl InvalidatedLink {
    /// It is kept as long as a refusal holds.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.at.plus(REFUSAL)
    }
}
