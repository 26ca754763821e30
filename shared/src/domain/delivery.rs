//! What becomes of a mail once SES took it, as SES's events tell it.
//!
//! Events come late, twice and in any order. So what is kept is always the greatest of all that was
//! heard: whoever hears the same events comes to the same end.

use std::fmt;

use strum::VariantArray as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;

/// The message tag that says which mail it is.
pub const TAG_KIND: &str = "kind";
/// The message tag that says which deployment sent it.
pub const TAG_STAGE: &str = "stage";
/// The message tag with the [`MailId`].
pub const TAG_MAIL: &str = "mail";
/// The message tag with the id of the user for whom the mail was sent. A mail of an earlier release
/// has none.
pub const TAG_USER: &str = "user";
/// The kind of the mail that carries a proof.
pub const VERIFICATION: &str = "verification";

/// The delivery status of one mail, the lowest first. It only rises.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[repr(u8)]
pub enum DeliveryState {
    /// SES took it, and nothing else is known. Every mail begins here, so this is never stored.
    Sent,
    /// SES tries again. Whatever else is heard is the end of that.
    Delayed,
    /// SES gave up, or an answer came that is no verdict on the address. The next mail may arrive,
    /// and SES does not suppress the address either. An out-of-office answer is told like this as
    /// well, and it follows a delivery, so a delivery says more.
    SoftBounced,
    /// The reader's server took it.
    Delivered,
    /// SES refused the content before it sent anything. That says nothing about the address.
    Rejected,
    /// A mail system complained, not a reader: its report is about authentication or a virus. That
    /// is not about the address, so it suppresses nothing and hides no bounce.
    #[strum(serialize = "complained")]
    Reported,
    /// There is no such mailbox, or it takes no mail. Servers may say so after they took the mail.
    Bounced,
    /// Its reader called it spam. So there is a reader, and that is the last word.
    Complained,
}

impl DeliveryState {
    /// The word on record, in the log and on the operator's screen.
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

    /// Why no more mail goes to an address whose mail came to this. `None`: more may go.
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

/// When SES took a mail, to the millisecond: tells the newer of two mails of one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentAt(i64);

impl SentAt {
    /// The moment that many milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Reads a moment as SES writes it, in RFC 3339.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(millis).ok().map(Self)
    }
}

/// What was heard of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub mail: MailId,
    /// When SES took it.
    pub sent_at: SentAt,
    /// What became of it.
    pub state: DeliveryState,
    /// When it came to that, by the clock of whoever noticed.
    pub at: Timestamp,
}

/// What was heard of one mail, and the address that it went to, in the spelling it went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEvent {
    /// Where the mail went.
    pub address: EmailAddress,
    /// For whom it was sent, if the event says so.
    pub user: Option<UserId>,
    /// What became of it.
    pub delivery: Delivery,
}

/// Why no more mail goes to an address. A complaint goes before a bounce.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum SuppressionReason {
    /// Its mail came back for good.
    Bounced,
    /// Its reader called a mail spam.
    Complained,
}

impl SuppressionReason {
    /// The word for it, on record and in what is published about it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// An address that gets no more mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Why.
    pub reason: SuppressionReason,
    /// Since when: the moment of the earliest event with that reason.
    pub at: Timestamp,
    /// The address in the spelling that the mail went to, under which SES lists it.
    pub email: EmailAddress,
    /// The mail that it came of. `None`: SES's list told of it, which names no mail of ours.
    pub mail: Option<MailId>,
    /// For whom that mail was sent, if its event said so.
    pub user: Option<UserId>,
}

impl Suppression {
    /// What this event comes to for its address. `None`: more mail may go.
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
        for reason in [SuppressionReason::Bounced, SuppressionReason::Complained] {
            assert_eq!(SuppressionReason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(SuppressionReason::parse("bounce"), None);
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
