//! Which mail: on record, in SES's tags and events, in the log.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::link_token::{self, LinkDigest};
use crate::domain::mail_kind::MailKind;

/// The id of a mail, known before the mail is sent. Of one that carries a proof it is the digest of
/// its link, so it needs no attribute of its own, and tells nobody the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailId([u8; 32]);

impl MailId {
    #[must_use]
    pub fn of(link: &LinkDigest) -> Self {
        Self(link.bytes())
    }

    /// The id of the mail about a change in the table, which the stream names. Each duplicate of
    /// the change has the same.
    #[must_use]
    pub fn of_change(kind: MailKind, event_id: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(kind.as_str())
            .chain_update([0])
            .chain_update(event_id);
        Self(digest.finalize().into())
    }

    /// Reads an id as it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        link_token::decode(text).map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The text that is stored: 43 characters of base64url.
impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::link_token::LinkToken;

    #[test]
    fn an_id_reads_back() {
        let link = LinkToken::from_random([0xfb; 32]).digest();
        let id = MailId::of(&link);
        assert_eq!(id.to_string(), link.to_string());
        assert_eq!(MailId::parse(&id.to_string()), Some(id));
        assert_eq!(MailId::parse("short"), None);
    }

    #[test]
    fn each_change_has_an_id_of_its_own() {
        let id = |event_id| MailId::of_change(MailKind::AddressChanged, event_id);
        assert_eq!(id("1"), id("1"));
        assert_ne!(id("1"), id("2"));
        assert_ne!(id("1"), MailId::of_change(MailKind::Verification, "1"));
        assert_eq!(MailId::parse(&id("1").to_string()), Some(id("1")));
    }
}
