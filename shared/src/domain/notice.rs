//! Notices: mails that a change in the table causes, and no request of a caller.

use std::fmt;

use crate::domain::code_attempts::AttemptId;
use crate::domain::mail_id::MailId;

/// A notice on record. Its mail's id is the same for each duplicate of the change, which is
/// therefore mailed once. The attempt is random: by it a write that the SDK retries is told from
/// that of a duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeId {
    pub mail: MailId,
    pub attempt: AttemptId,
}

impl NoticeId {
    /// Reads an id as it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mail, attempt) = text.split_once('.')?;
        Some(Self {
            mail: MailId::parse(mail)?,
            attempt: AttemptId::parse(attempt)?,
        })
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.mail, self.attempt)
    }
}

/// Whether a notice may be mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeDecision {
    Mail,
    /// It was mailed, or another attempt is mailing it.
    Duplicate,
    /// The address gets no mail.
    Suppressed,
    /// The address got as many notices as a day allows.
    Throttled,
}

/// When the earlier address of a user is notified of a change.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum ChangeNotice {
    /// Once another address was verified.
    #[default]
    Done,
    /// Also when somebody asks to change to another address.
    Asked,
    /// Never.
    Off,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail_kind::MailKind;

    #[test]
    fn an_id_reads_back() {
        let id = NoticeId {
            mail: MailId::of_change(MailKind::AddressChanged, "1"),
            attempt: AttemptId::from_random([0xfb; 8]),
        };
        assert_eq!(NoticeId::parse(&id.to_string()), Some(id));
        let mail = id.mail.to_string();
        for text in ["", ".", &mail, &format!("{mail}."), &format!(".{mail}")] {
            assert_eq!(NoticeId::parse(text), None, "{text}");
        }
    }
}
