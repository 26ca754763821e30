//! Which mail: on record, in SES's tags and events, in the log.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::link_token::{self, LinkDigest};

/// The id of a mail that carries a proof: the digest of its link. So it is known before the mail is
/// sent, needs no attribute of its own, and tells nobody the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailId([u8; 32]);

impl MailId {
    #[must_use]
    pub fn of(link: &LinkDigest) -> Self {
        Self(link.bytes())
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
}
