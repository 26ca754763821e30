//! The names of the functions' settings. There is no list of them: the code that reads the settings
//! runs once, and its reads are recorded.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use mail::{Ses, sender_and_reply_to};
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::settings::brand::brand;
use shared::runtime::settings::{Environment, SettingError};

use super::settings::{Setting, environment, is_own};
use crate::functions::{Dependencies, start_all};

type Names = BTreeSet<String>;

/// Errors are ignored here, since the start reports them.
static OF_FUNCTIONS: LazyLock<Names> = LazyLock::new(|| names_read(start_with));

static OF_BRAND: LazyLock<Names> = LazyLock::new(|| {
    names_read(|environment| {
        sender_and_reply_to(environment)?;
        brand(environment).map(drop)
    })
});

/// Starts all functions, which checks the settings.
pub(super) fn start_with(environment: &Environment) -> Result<(), SettingError> {
    let aws = &Aws::of_emulators(environment)?;
    let with = Dependencies {
        environment,
        aws,
        ses: &Ses::new(aws, environment),
        clock: &Clock::system(),
    };
    start_all(&with).map(drop)
}

fn names_read(read: impl FnOnce(&Environment) -> Result<(), SettingError>) -> Names {
    let names = Arc::new(Mutex::new(Names::new()));
    let seen = Arc::clone(&names);
    let defaults = Environment::from_pairs(&environment("", ""));
    let recorder = Environment::from_fn(move |name| {
        lock(&seen).insert(name.to_owned());
        defaults.optional(name)
    });
    let _ = read(&recorder);
    std::mem::take(&mut *lock(&names))
}

fn lock(names: &Mutex<Names>) -> MutexGuard<'_, Names> {
    names.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The settings of the functions that a person may set here, sorted.
pub fn settings() -> impl Iterator<Item = &'static str> {
    // The runtime's, which the SDK or its connector reads.
    let is_of_runtime = |name: &str| is_own(name) || name == "SSL_CERT_FILE";
    let names = OF_FUNCTIONS.iter().map(String::as_str);
    names.filter(move |name| !is_of_runtime(name))
}

/// The settings in this environment that change how mails and page look.
#[must_use]
pub(super) fn brand_settings(environment: &Environment) -> Vec<Setting> {
    let set = brand_names().filter_map(|name| Some((name, environment.optional(name)?)));
    set.collect()
}

pub fn brand_names() -> impl Iterator<Item = &'static str> {
    OF_BRAND.iter().map(String::as_str)
}

/// The setting whose name a person may have meant.
pub(super) fn nearest(typed: &str) -> Option<&'static str> {
    let typed = letters(typed);
    let is_near = |name: &str, distance| {
        let name = letters(name);
        let has_part = typed.len() >= MIN_PART && name.contains(&typed);
        has_part || typed.contains(&name) || distance <= name.len() / 3
    };
    settings()
        .map(|name| (distance(&typed, &letters(name)), name))
        .filter(|(distance, name)| is_near(name, *distance))
        .min()
        .map(|(_, name)| name)
}

/// A shorter text is part of too many names.
const MIN_PART: usize = 4;

/// `ProductName` and `product-name` are `PRODUCT_NAME`.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_uppercase()).collect()
}

/// How many letters to insert, remove or replace (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.bytes().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, of_other) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != of_other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        for (typed, name) in [
            ("SENDR", Some("SENDER")),
            ("ProductName", Some("PRODUCT_NAME")),
            ("product-names", Some("PRODUCT_NAME")),
            ("COLOR", Some("ACCENT_COLOR")),
            ("ACCENT_COLOUR", Some("ACCENT_COLOR")),
            ("MAILPROOF_SENDER", Some("SENDER")),
            ("URL", None),
            ("", None),
            ("c2VjcmV0LXRoYXQtc3RhbmRzLWhlcmU", None),
        ] {
            assert_eq!(nearest(typed), name, "{typed}");
        }
    }

    #[test]
    fn the_brand_is_part_of_the_settings() {
        let settings: Vec<_> = settings().collect();
        for name in brand_names() {
            assert!(settings.contains(&name), "{name}");
        }
        assert!(brand_names().any(|name| name == "REPLY_TO"));
    }
}
