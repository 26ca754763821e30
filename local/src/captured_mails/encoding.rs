//! How text becomes ASCII in a mail: encoded words in headers (RFC 2047), and quoted-printable in
//! bodies (RFC 2045).

use std::fmt::Write;

use shared::brand::encoded_words;

/// Of a line of an encoded body, and of a header if it can be folded.
const MAX_LINE: usize = 76;

/// Whether a header may have it as it is.
pub(super) fn is_ascii_text(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Encodes a text for a header, if it has to be.
pub(super) fn encode_words(text: &str) -> String {
    if is_ascii_text(text) {
        return text.to_owned();
    }
    encoded_words::encode(text)
}

/// A header with the end of its line, folded at spaces.
pub(super) fn fold(name: &str, value: &str) -> String {
    let mut folded = format!("{name}:");
    let mut column = folded.len();
    for (index, word) in value.split(' ').enumerate() {
        if index > 0 && column + 1 + word.len() > MAX_LINE {
            folded.push_str("\r\n");
            column = 0;
        }
        folded.push(' ');
        folded.push_str(word);
        column += 1 + word.len();
    }
    folded.push_str("\r\n");
    folded
}

pub(super) fn quoted_printable(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for line in text.lines() {
        let mut column = 0;
        let mut bytes = line.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let is_last = bytes.peek().is_none();
            let is_plain = matches!(byte, b'!'..=b'~' if byte != b'=')
                // White space at the end of a line gets lost on the way.
                || (matches!(byte, b' ' | b'\t') && !is_last);
            let width = if is_plain { 1 } else { 3 };
            // The last column is for the `=` of a soft line break.
            if column + width > MAX_LINE - usize::from(!is_last) {
                encoded.push_str("=\r\n");
                column = 0;
            }
            if is_plain {
                encoded.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(encoded, "={byte:02X}");
            }
            column += width;
        }
        encoded.push_str("\r\n");
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ses::address::Address;

    #[test]
    fn long_texts_are_several_words() {
        let text = "تأكيد عنوان بريدك الإلكتروني لدى شركة أكمي المحدودة";
        let encoded = encode_words(text);
        assert!(encoded.split(' ').count() > 1, "{encoded}");
        assert!(encoded.split(' ').all(|word| word.len() <= 75), "{encoded}");
        assert_eq!(Address::parse(&format!("{encoded} <a@b.c>")).name, text);
        assert_eq!(encode_words("Plain: text"), "Plain: text");
    }

    #[test]
    fn headers_are_folded_at_spaces() {
        let word = "x".repeat(40);
        let value = format!("{word} {word} a b");
        let folded = fold("Subject", &value);
        assert_eq!(folded, format!("Subject: {word}\r\n {word} a b\r\n"));
        assert_eq!(folded.replace("\r\n", ""), format!("Subject: {value}"));
    }

    #[test]
    fn bodies_are_quoted_printable() {
        let long = "x".repeat(MAX_LINE);
        for (text, encoded) in [
            ("a = b", "a =3D b\r\n"),
            ("Käse \nend", "K=C3=A4se=20\r\nend\r\n"),
            ("", ""),
            (&long, &format!("{long}\r\n")),
            (&format!("{long}yz"), &format!("{}=\r\nxyz\r\n", &long[1..])),
        ] {
            assert_eq!(quoted_printable(text), encoded);
        }
    }
}
