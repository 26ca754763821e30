//! Names of people.

use shared::domain::greeting::Greeting;
use shared::domain::pasted;
use shared::domain::person_name::{BrokenRule, check};

/// The errors of a name that `openapi.yaml` lists.
const CODES: [&str; 4] = [
    "invalid_control_char",
    "invalid_invisible_char",
    "invalid_bracket",
    "invalid_url",
];

/// A name carries no link, and a greeting nothing but a name.
pub fn person_name(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let name = text.trim();
    match check(name) {
        Ok(()) => carries_nothing(name),
        Err((code, _)) => assert!(CODES.contains(&code), "{code}"),
    }
    if let Some(greeting) = Greeting::of(text) {
        assert_eq!(check(name), Ok(()));
        is_a_greeting(name, greeting.as_str());
    }
}

fn carries_nothing(name: &str) {
    let refused = |c: char| c.is_control() || matches!(c, '<' | '>' | '\u{200b}' | '\u{202e}');
    assert!(!name.contains(refused), "{name:?}");
    // What follows an accepted name is found nevertheless.
    for link in [
        "https://evil.example",
        "evil.com",
        "www.evil.example",
        "10.0.0.1",
    ] {
        let with_link = check(&format!("{name} {link}"));
        assert_eq!(
            with_link.map_err(code),
            Err("invalid_url"),
            "{name:?} {link}"
        );
    }
}

fn code((code, _): BrokenRule) -> &'static str {
    code
}

fn is_a_greeting(name: &str, greeting: &str) {
    assert_eq!(greeting.replace('\u{2060}', ""), name);
    // It is as long as its compatibility form, of which this is all but the spaces.
    assert!(pasted::clean(name).chars().count() <= 40, "{name:?}");
    assert!(
        !greeting.contains(|c| "<>@/:,;!?\"()0123456789\n".contains(c)),
        "{greeting:?}"
    );
    assert_eq!(
        greeting.matches('.').count(),
        greeting.matches(".\u{2060}").count()
    );
    assert_eq!(
        Greeting::of(name).as_ref().map(Greeting::as_str),
        Some(greeting)
    );
}
