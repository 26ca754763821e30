//! The sender of a mail, as its header writes it.

use shared::brand::encoded_words::{WHOLE_WORDS, decode, encode};
use shared::domain::characters::{is_control_or_line_break, is_direction_override};
use shared::domain::email_address::EmailAddress;
use shared::domain::invalid_setting::InvalidSetting;

/// Longest header value that SES accepts for a sender.
const MAX_LENGTH: usize = 320;

/// What a setting of a sender must be.
const ADDRESS_WITH_OR_WITHOUT_NAME: &str =
    "must be an address, alone or as \"Name <address>\", of no more than 320 characters";

/// A mailbox with an optional display name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    name: Option<String>,
    address: EmailAddress,
}

impl Sender {
    /// Reads `ada@example.com`, `Ada <ada@example.com>` or `"Ada" <ada@example.com>`. Encoded words
    /// in the name are decoded, as AWS's reference requires them.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        let Some(inner) = text.trim().strip_suffix('>') else {
            let address = EmailAddress::parse(text.trim()).ok_or(ADDRESS_WITH_OR_WITHOUT_NAME)?;
            return Ok(Self {
                name: None,
                address,
            });
        };
        let (name, address) = inner.rsplit_once('<').ok_or(ADDRESS_WITH_OR_WITHOUT_NAME)?;
        let name = name.trim();
        let name = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'))
            .unwrap_or(name);
        if name.contains(['"', '\\']) {
            return Err(ADDRESS_WITH_OR_WITHOUT_NAME.into());
        }
        // Mail programs do not decode them between quotes.
        let name = decode(name).ok_or(WHOLE_WORDS)?;
        if name.chars().any(|c| {
            is_control_or_line_break(c) || is_direction_override(c) || matches!(c, '<' | '>')
        }) {
            return Err(ADDRESS_WITH_OR_WITHOUT_NAME.into());
        }
        let name = name.trim();
        let sender = Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: EmailAddress::parse(address.trim()).ok_or(ADDRESS_WITH_OR_WITHOUT_NAME)?,
        };
        if sender.header().len() > MAX_LENGTH {
            return Err(ADDRESS_WITH_OR_WITHOUT_NAME.into());
        }
        Ok(sender)
    }

    #[must_use]
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// Whether the address itself says that nobody reads what arrives there.
    pub(crate) fn is_no_reply(&self) -> bool {
        const NAMES: [&str; 6] = [
            "-no-reply-",
            "-noreply-",
            "-do-not-reply-",
            "-donotreply-",
            "-dont-reply-",
            "-dontreply-",
        ];
        let address = self.address.deliverable().to_lowercase();
        let local = address.rsplit_once('@').map_or("", |(local, _)| local);
        let words = format!("-{}-", local.replace(['_', '.', '+'], "-"));
        NAMES.iter().any(|name| words.contains(name))
    }

    /// For the footer.
    #[must_use]
    pub fn name_or_domain(&self) -> &str {
        let domain = || self.address.deliverable_domain();
        self.name.as_deref().unwrap_or_else(domain)
    }

    /// The value of a `From` or `Reply-To` header (RFC 5322, section 3.4): a name with other than
    /// ASCII letters, or with what means something between quotes, in encoded words (RFC 2047), any
    /// other name quoted.
    #[must_use]
    pub fn header(&self) -> String {
        let address = self.address.deliverable();
        match &self.name {
            None => address.to_owned(),
            Some(name) if name.is_ascii() && !name.contains(['"', '\\']) => {
                format!("\"{name}\" <{address}>")
            }
            Some(name) => format!("{} <{address}>", encode(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Sender, String> {
        Sender::parse(text).map_err(|error| error.to_string())
    }

    fn header(text: &str) -> Result<String, String> {
        parse(text).map(|sender| sender.header())
    }

    #[test]
    fn a_sender_may_have_a_name() {
        assert_eq!(
            header("no-reply@acme.example").unwrap(),
            "no-reply@acme.example"
        );
        assert_eq!(
            header("Acme <no-reply@acme.example>").unwrap(),
            "\"Acme\" <no-reply@acme.example>"
        );
        assert_eq!(
            header("\"Acme, Inc.\" <no-reply@acme.example>").unwrap(),
            "\"Acme, Inc.\" <no-reply@acme.example>"
        );
        assert_eq!(
            header("<no-reply@acme.example>").unwrap(),
            "no-reply@acme.example"
        );
    }

    #[test]
    fn a_name_beyond_ascii_is_encoded() {
        assert_eq!(
            header("Käse <a@acme.example>").unwrap(),
            "=?UTF-8?B?S8Okc2U=?= <a@acme.example>"
        );
        let long = header(&format!("{} <a@acme.example>", "é".repeat(40))).unwrap();
        assert_eq!(long.matches("=?UTF-8?B?").count(), 2);
        assert!(long.split(' ').all(|word| word.len() <= 75), "{long}");
    }

    #[test]
    fn encoded_words_are_decoded_once() {
        for (written, name, header) in [
            (
                "=?UTF-8?B?S8Okc2U=?= <a@acme.example>",
                "Käse",
                "=?UTF-8?B?S8Okc2U=?= <a@acme.example>",
            ),
            (
                "\"=?iso-8859-1?Q?K=E4se?=\" <a@acme.example>",
                "Käse",
                "=?UTF-8?B?S8Okc2U=?= <a@acme.example>",
            ),
            (
                "=?utf-8?q?The_?= =?utf-8?q?Acme?= Shop <a@acme.example>",
                "The Acme Shop",
                "\"The Acme Shop\" <a@acme.example>",
            ),
            (
                "=?utf-8?q?=22Acme=22?= <a@acme.example>",
                "\"Acme\"",
                "=?UTF-8?B?IkFjbWUi?= <a@acme.example>",
            ),
            (
                "=?utf-8?q?_?= <a@acme.example>",
                "acme.example",
                "a@acme.example",
            ),
        ] {
            let sender = Sender::parse(written).unwrap();
            assert_eq!(
                (sender.name_or_domain(), sender.header().as_str()),
                (name, header)
            );
            assert_eq!(parse(&sender.header()), Ok(sender), "it reads back");
        }
        for malformed in [
            "=?UTF-8?B?S8Okc2U= <a@acme.example>",
            "=?KOI8-R?B?S8Okc2U=?= <a@acme.example>",
            "=?UTF-8?B?S8Okc2U=?=Shop <a@acme.example>",
        ] {
            assert_eq!(parse(malformed).unwrap_err(), WHOLE_WORDS, "{malformed}");
        }
    }

    #[test]
    fn header_injection_is_refused() {
        for text in [
            "",
            "Acme",
            "Acme <>",
            "Acme <x>",
            "A\r\nBcc: b@c.de <a@acme.example>",
            "A\" <a@acme.example>",
            "a@b.de, c@d.de",
            "Ac\u{2028}me <a@acme.example>",
            "Ac\u{202e}me <a@acme.example>",
            "=?UTF-8?Q?A=0D=0ABcc:_b@c.de?= <a@acme.example>",
            "=?UTF-8?B?4oCu?= <a@acme.example>",
            "=?UTF-8?Q?b@c.de=3E?= <a@acme.example>",
            &format!("{} <a@acme.example>", "Acme ".repeat(61)),
        ] {
            assert_eq!(
                header(text).unwrap_err(),
                ADDRESS_WITH_OR_WITHOUT_NAME,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_header_has_320_characters_at_most() {
        let named = |length| format!("{} <a@acme.example>", "x".repeat(length));
        assert_eq!(header(&named(301)).unwrap().len(), 320);
        assert_eq!(
            header(&named(302)).unwrap_err(),
            ADDRESS_WITH_OR_WITHOUT_NAME
        );
    }

    #[test]
    fn a_no_reply_sender_is_known_by_name() {
        for (local, expected) in [
            ("no-reply", true),
            ("No-Reply", true),
            ("noreply", true),
            ("no_reply", true),
            ("no.reply", true),
            ("do-not-reply", true),
            ("donotreply", true),
            ("accounts-noreply", true),
            ("noreply+verify", true),
            ("no-reply.shop", true),
            ("hello", false),
            ("reply", false),
            ("casino-reply", false),
            ("nora", false),
        ] {
            let sender = Sender::parse(&format!("{local}@noreply.example")).unwrap();
            assert_eq!(sender.is_no_reply(), expected, "{local}");
        }
    }

    #[test]
    fn a_sender_without_a_name_has_its_domain() {
        assert_eq!(
            Sender::parse("no-reply@acme.example")
                .unwrap()
                .name_or_domain(),
            "acme.example"
        );
        assert_eq!(
            Sender::parse("Acme <no-reply@acme.example>")
                .unwrap()
                .name_or_domain(),
            "Acme"
        );
    }
}
