//! Encoded words of mail headers (RFC 2047), which people copy into settings:
//! `=?UTF-8?B?S8Okc2U=?=`.
//!
//! A setting is text. Its encoded words are decoded when it is read. A header gets them again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hex::FromHex;

/// What a text with encoded words must be.
pub const WHOLE_WORDS: &str = "must contain encoded words (=?…?=) only as RFC 2047 writes them, \
     with spaces around, in UTF-8, ISO-8859-1 or US-ASCII; plain text needs no encoding";

/// Longest piece of a text that fits into one encoded word of 75 characters (section 2), in bytes:
/// 45 bytes are 60 characters of base64, beside `=?UTF-8?B?` and `?=`.
const WORD_BYTES: usize = 45;

/// The text as encoded words. No character is split over two of them (section 5).
#[must_use]
pub fn encode(text: &str) -> String {
    let mut words = vec![String::new()];
    for character in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + character.len_utf8() <= WORD_BYTES => word.push(character),
            _ => words.push(character.to_string()),
        }
    }
    let encode = |word: &String| format!("=?UTF-8?B?{}?=", STANDARD.encode(word));
    words.iter().map(encode).collect::<Vec<_>>().join(" ")
}

/// The text with its encoded words decoded. White space between two of them is not part of the text
/// (RFC 2047, section 6.2). `None`: something in it looks like an encoded word and is not one.
pub fn decode(text: &str) -> Option<String> {
    if !text.contains("=?") {
        return Some(text.to_owned());
    }
    let mut decoded = String::with_capacity(text.len());
    // Directly after an encoded word: the length of the text without white space after the word.
    let mut before_space = None;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if word.starts_with("=?") {
            decoded.truncate(before_space.unwrap_or(decoded.len()));
            decoded.push_str(&decode_word(word)?);
            before_space = Some(decoded.len());
        } else {
            decoded.push_str(word);
            // Each white space character is a piece of its own.
            before_space = before_space.filter(|_| word.is_empty());
        }
        decoded.push_str(piece.get(word.len()..)?);
    }
    // Still encoded: a word with letters around it, encoded twice, or cut off.
    (!decoded.contains("=?")).then_some(decoded)
}

/// The text of `=?charset?encoding?text?=` (RFC 2047, section 2). The charset may be followed
/// by a language (RFC 2231, section 5).
fn decode_word(word: &str) -> Option<String> {
    let inside = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let mut parts = inside.split('?');
    let (charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || text.is_empty() {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(text).ok()?,
        "Q" | "q" => decode_q(text)?,
        _ => return None,
    };
    let charset = charset.split_once('*').map_or(charset, |(name, _)| name);
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "us-ascii" => String::from_utf8(bytes).ok().filter(|text| text.is_ascii()),
        "iso-8859-1" => Some(bytes.into_iter().map(char::from).collect()),
        _ => None,
    }
}

/// The Q encoding: `_` is a space, `=` comes before two hexadecimal digits (RFC 2047, section 4.2).
fn decode_q(text: &str) -> Option<Vec<u8>> {
    let mut rest = text.bytes();
    let mut bytes = Vec::with_capacity(text.len());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let [byte] = FromHex::from_hex([rest.next()?, rest.next()?]).ok()?;
                byte
            }
            b'!'..=b'~' => byte,
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_2047_decode() {
        for (text, decoded) in [
            // Section 8, without the parentheses.
            ("=?US-ASCII?Q?Keith_Moore?=", "Keith Moore"),
            (
                "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=",
                "Keld Jørn Simonsen",
            ),
            ("=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"),
            (
                "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=",
                "If you can read this yo",
            ),
            ("=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?=", "Patrik Fältström"),
            ("=?ISO-8859-1?Q?a?=", "a"),
            ("=?ISO-8859-1?Q?a?= b", "a b"),
            ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
            ("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"),
            ("=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"),
            ("=?ISO-8859-1?Q?a_b?=", "a b"),
            ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?_b?=", "a b"),
            ("=?ISO-8859-1?Q?a_?= =?ISO-8859-1?Q?b?=", "a b"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(decoded), "{text:?}");
        }
    }

    #[test]
    fn charset_and_encoding_are_in_any_case() {
        for text in [
            "=?UTF-8?B?S8Okc2U=?=",
            "=?utf-8?b?S8Okc2U=?=",
            "=?utf-8?q?K=c3=a4se?=",
            "=?UTF-8*de?Q?K=C3=A4se?=",
            "=?iso-8859-1?q?K=E4se?=",
            "=?UTF-8?B?S8Ok?= =?UTF-8?Q?se?=",
        ] {
            assert_eq!(decode(text).as_deref(), Some("Käse"), "{text}");
        }
        let among = decode("The =?utf-8?q?K=C3=A4se?= Shop");
        assert_eq!(among.as_deref(), Some("The Käse Shop"));
    }

    #[test]
    fn text_without_encoded_words_stays() {
        for text in ["", "Acme", " a  b ", "Why?=", "a=b?", "Käse & Co"] {
            assert_eq!(decode(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_malformed_encoded_word_is_no_text() {
        for text in [
            "=?",
            "=?=",
            "=??=",
            "=?UTF-8?B?S8Okc2U=",
            "=?UTF-8?B?S8Okc2U=?= =?UTF-8?B",
            "=?UTF-8?B?S8Okc2U=?=x",
            "x=?UTF-8?B?S8Okc2U=?=",
            "=?UTF-8?B?S8Okc2U=?==?UTF-8?B?S8Okc2U=?=",
            "=?UTF-8?B??=",
            "=?UTF-8?B?S8Okc2U?=",
            "=?UTF-8?B?*?=",
            "=?UTF-8?B?/w==?=",
            "=?UTF-8?Q?a b?=",
            "=?UTF-8?Q?=C3?=",
            "=?UTF-8?Q?=ZZ?=",
            "=?UTF-8?Q?=4?=",
            "=?UTF-8?Q?ä?=",
            "=?UTF-8?X?a?=",
            "=?US-ASCII?Q?=E9?=",
            "=?KOI8-R?Q?=E9?=",
            // Encoded twice.
            "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fa=3F=3D?=",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
