//! Codes as people type and paste them.

use shared::domain::pasted;
use shared::domain::verification_code::Code;

/// What people add around and between the digits.
const ADDED: [char; 6] = [' ', '-', '\u{200b}', '\u{2013}', '\u{feff}', '\u{a0}'];
/// Longer texts are no code, whatever they are.
const MAX_CLEANED: usize = 1_024;

/// Six ASCII digits or nothing, whatever stands between them.
pub fn code(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let code = read(text);
    if let Some(code) = &code {
        assert_eq!(code.len(), 6);
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code:?}");
        assert_eq!(read(code).as_ref(), Some(code));
        assert!(text.len() <= MAX_CLEANED);
    }
    assert_eq!(
        read(&pasted::clean(text)),
        code,
        "cleaning first makes a difference"
    );
    if text.is_ascii() {
        assert_eq!(code, read_ascii(text));
    }
    // Marks combine with a digit in front of them, but not with what is added.
    let spaced: String = text
        .chars()
        .zip(ADDED.iter().cycle())
        .flat_map(|(c, added)| [c, *added])
        .collect();
    if spaced.len() <= MAX_CLEANED && code.is_some() {
        assert_eq!(read(&spaced), code, "{spaced:?}");
    }
}

fn read(text: &str) -> Option<String> {
    Code::parse(text).map(|code| code.expose_secret().to_owned())
}

/// The rule for ASCII, in other words.
fn read_ascii(text: &str) -> Option<String> {
    let digits: String = text
        .split(|c: char| c.is_ascii_whitespace() || matches!(c, '-' | '\u{b}'))
        .collect();
    let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_code && text.len() <= MAX_CLEANED).then_some(digits)
}
