//! Delivery status: what SES's events report of a mail, and which addresses they suppress.
//!
//! Events may be late, duplicated or reordered. The record keeps their maximum, so the order does
//! not matter.

use std::fmt;

use strum::VariantArray as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;

/// The message tag with the kind of the mail.
pub const TAG_KIND: &str = "kind";
/// The message tag with the deployment that sent the mail.
pub const TAG_STAGE: &str = "stage";
/// The message tag with the [`MailId`].
pub const TAG_MAIL: &str = "mail";
/// The message tag with the id of the user for whom the mail was sent. Mails of earlier releases do
/// not have it.
pub const TAG_USER: &str = "user";
/// The types of SES's events that report a delivery status, as SES's API names them.
pub const EVENT_TYPES: [&str; 5] = [
    "DELIVERY",
    "DELIVERY_DELAY",
    "BOUNCE",
    "COMPLAINT",
    "REJECT",
];

/// The delivery status of one mail, the lowest first. It only rises.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[repr(u8)]
pub enum DeliveryState {
    /// SES accepted it, and no event has arrived. Every mail starts here, so this is never stored.
    Sent,
    /// SES retries. Any other event ends that.
    Delayed,
    /// SES gave up, or the receiver answered something that is not about the address. The next mail
    /// may arrive, and SES does not suppress the address either. SES also reports an out-of-office
    /// answer as this. It follows a delivery, so a delivery ranks higher.
    SoftBounced,
    /// The reader's server accepted it.
    Delivered,
    /// SES refused the content and sent nothing. That is not about the address.
    Rejected,
    /// A mail system complained, not a reader: its report is about authentication or a virus. That
    /// is not about the address, so it suppresses nothing and hides no bounce.
    #[strum(serialize = "complained")]
    Reported,
    /// The mailbox does not exist or accepts no mail. A server may report this after it accepted
    /// the mail.
    Bounced,
    /// The reader reported it as spam. That proves a reader, so it ranks highest.
    Complained,
}

impl DeliveryState {
    /// The word on record, in the log and for the operator.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut states = Self::VARIANTS.iter().copied();
        states.find(|state| state.as_str() == text)
    }

    /// The place in the order, stored beside the word for conditions to compare.
    #[must_use]
    pub fn rank(self) -> u64 {
        u64::from(self as u8)
    }

    /// Why this state suppresses the address. `None`: it does not.
    #[must_use]
    pub fn suppresses(self) -> Option<SuppressionReason> {
        match self {
            Self::Bounced => Some(SuppressionReason::Bounced),
            Self::Complained => Some(SuppressionReason::Complained),
            Self::Sent
            | Self::Delayed
            | Self::SoftBounced
            | Self::Delivered
            | Self::Rejected
            | Self::Reported => None,
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When SES accepted a mail, in milliseconds: it orders mails of the same second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentAt(i64);

impl SentAt {
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, as SES writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sent_at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let millis = sent_at.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(millis).ok().map(Self)
    }
}

/// The delivery status of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub mail: MailId,
    pub sent_at: SentAt,
    pub state: DeliveryState,
    /// When the event happened, by the clock of the system that reported it.
    pub at: Timestamp,
}

/// The delivery status of a mail, and the address in the spelling of that mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEvent {
    pub address: EmailAddress,
    /// `None`: the event does not name the user.
    pub user: Option<UserId>,
    pub delivery: Delivery,
}

/// A complaint outranks a bounce, and both a refusal, which ends.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum SuppressionReason {
    /// By its reader, on the page. It is on record as a
    /// [`Refusal`](crate::domain::refusal::Refusal).
    Refused,
    /// Permanently.
    Bounced,
    Complained,
}

impl SuppressionReason {
    /// The word on record and in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    pub reason: SuppressionReason,
    /// The timestamp of the earliest event with that reason, or of the newest refusal.
    pub at: Timestamp,
    /// In the spelling of the mail, under which SES lists it.
    pub email: EmailAddress,
    /// `None`: it is from SES's list, which does not name mails, or a refusal.
    pub mail: Option<MailId>,
    /// `None`: the event did not name the user.
    pub user: Option<UserId>,
}

impl Suppression {
    /// `None`: the event does not suppress its address.
    #[must_use]
    pub fn of(event: &MailEvent) -> Option<Self> {
        Some(Self {
            reason: event.delivery.state.suppresses()?,
            at: event.delivery.at,
            email: event.address.clone(),
            mail: Some(event.delivery.mail),
            user: event.user,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of earlier releases have these words and ranks.
    #[test]
    fn stored_words_and_ranks_stay() {
        let stored: Vec<_> = DeliveryState::VARIANTS
            .iter()
            .map(|state| (state.rank(), state.as_str()))
            .collect();
        assert_eq!(
            stored,
            [
                (0, "sent"),
                (1, "delayed"),
                (2, "soft_bounced"),
                (3, "delivered"),
                (4, "rejected"),
                (5, "complained"),
                (6, "bounced"),
                (7, "complained"),
            ]
        );
        for (_, word) in stored {
            assert_eq!(DeliveryState::parse(word).unwrap().as_str(), word);
        }
        assert_eq!(DeliveryState::parse("lost"), None);
    }

    #[test]
    fn only_bounces_and_complaints_suppress() {
        let suppressing: Vec<_> = DeliveryState::VARIANTS
            .iter()
            .filter_map(|state| Some((*state, state.suppresses()?.as_str())))
            .collect();
        assert_eq!(
            suppressing,
            [
                (DeliveryState::Bounced, "bounced"),
                (DeliveryState::Complained, "complained")
            ]
        );
    }

    #[test]
    fn a_complaint_outranks_a_bounce() {
        for reason in [
            SuppressionReason::Refused,
            SuppressionReason::Bounced,
            SuppressionReason::Complained,
        ] {
            assert_eq!(SuppressionReason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(SuppressionReason::parse("bounce"), None);
        assert!(SuppressionReason::Refused < SuppressionReason::Bounced);
        assert!(SuppressionReason::Bounced < SuppressionReason::Complained);
    }

    #[test]
    fn send_times_have_milliseconds() {
        let millis = |text| SentAt::parse(text).map(SentAt::unix_millis);
        assert_eq!(millis("2026-11-23T12:00:00.123Z"), Some(1_795_435_200_123));
        assert_eq!(millis("2026-11-23T12:00:00Z"), Some(1_795_435_200_000));
        assert_eq!(
            millis("2026-11-23T13:00:00.123999+01:00"),
            Some(1_795_435_200_123)
        );
        assert_eq!(millis("1969-12-31T23:59:59.9999Z"), Some(-1));
        for text in ["", "2026-11-23", "1795435200", "2026-11-23T12:00:00"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
