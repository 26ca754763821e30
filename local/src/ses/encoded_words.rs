//! Encoded words in the names of addresses (RFC 2047).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hex::FromHex;

/// Decodes words in UTF-8. Words in another charset stay as they are.
pub(super) fn decode_words(name: &str) -> String {
    let mut decoded = String::with_capacity(name.len());
    let mut after_encoded = false;
    for word in name.split(' ') {
        let plain = decode_word(word);
        // The space between two encoded words belongs to the encoding, not to the name.
        let joined = after_encoded && plain.is_some();
        if !decoded.is_empty() && !joined {
            decoded.push(' ');
        }
        after_encoded = plain.is_some();
        decoded.push_str(plain.as_deref().unwrap_or(word));
    }
    decoded
}

fn decode_word(word: &str) -> Option<String> {
    let inside = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let (charset, rest) = inside.split_once('?')?;
    let (encoding, text) = rest.split_once('?')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(text).ok()?,
        "Q" | "q" => decode_q(text)?,
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

fn decode_q(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'_' => b' ',
            b'=' => {
                let [byte] = FromHex::from_hex([bytes.next()?, bytes.next()?]).ok()?;
                byte
            }
            other => other,
        });
    }
    Some(decoded)
}
