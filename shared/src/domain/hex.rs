//! Bytes as text for people.

use std::fmt::Write;

/// Two lower-case hexadecimal digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads what [`hex`] writes of `N` bytes. `None` for any other text.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

/// The value of a hexadecimal digit in either case.
pub(crate) fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_from_their_one_spelling_alone() {
        assert_eq!(hex(&[0, 0x9a, 0xff]), "009aff");
        assert_eq!(unhex("009aff"), Some([0, 0x9a, 0xff]));
        for text in [
            "", "009a", "009aff0", "009aff00", "009AFF", "009afg", "00 aff", "é09aff",
        ] {
            assert_eq!(unhex::<3>(text), None, "{text}");
        }
    }

    #[test]
    fn a_digit_is_read_in_either_case() {
        assert_eq!(
            [b'0', b'9', b'a', b'F'].map(digit),
            [Some(0), Some(9), Some(10), Some(15)]
        );
        assert_eq!([b'g', b' ', 0xb2].map(digit), [None; 3]);
    }
}
