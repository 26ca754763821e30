//! What the docs say of languages and mails.

use std::fs;
use std::path::Path;

use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

const GUIDE: &str = include_str!("../../../docs/integrate.md");
const TRANSLATORS: &str = include_str!("../../../docs/translate.md");

#[test]
fn the_guide_names_every_language() {
    // No wildcard: a language without a name in English does not compile.
    let name = |locale| match locale {
        Locale::Ar => "Arabic",
        Locale::De => "German",
        Locale::En => "English",
        Locale::Es => "Spanish",
        Locale::Fr => "French",
        Locale::He => "Hebrew",
        Locale::Hi => "Hindi",
        Locale::It => "Italian",
        Locale::Ja => "Japanese",
        Locale::Ko => "Korean",
        Locale::Nl => "Dutch",
        Locale::Pl => "Polish",
        Locale::PtBr => "Portuguese (Brazil)",
        Locale::Tr => "Turkish",
        Locale::ZhHans => "Chinese (simplified",
        Locale::ZhHant => "and traditional)",
    };
    let (_, list) = GUIDE.split_once("There are ").unwrap();
    let list = list.split_once(';').unwrap().0.replace("\n ", "");
    for locale in Locale::ALL {
        assert!(
            list.contains(name(locale)),
            "{} is not in {list}",
            locale.tag()
        );
    }
    let names = list.replace(" and ", ", ").split(", ").count();
    assert_eq!(names, Locale::ALL.len(), "{list}");
}

#[test]
fn translators_have_a_row_per_language() {
    let rows = TRANSLATORS
        .lines()
        .filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| row.split('`').next().unwrap());
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows, Locale::ALL.map(Locale::tag), "docs/translate.md");
}

/// "The emails are `a` and `b`. `b` is not sent yet."
#[test]
fn translators_know_every_mail() {
    let (_, list) = TRANSLATORS.split_once("The emails are ").unwrap();
    let (list, rest) = list.split_once('.').unwrap();
    let quoted = |text: &str| -> Vec<String> {
        let names = text.split('`').skip(1).step_by(2);
        names.map(str::to_owned).collect()
    };
    let kinds: Vec<_> = MailKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(quoted(list), kinds);

    let (unsent, _) = rest.split_once(" not sent yet").unwrap_or_default();
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    let is_unsent = |kind: &&str| !contains(&functions, &format!(".send_{kind}("));
    let expected: Vec<_> = kinds.into_iter().filter(is_unsent).collect();
    assert_eq!(quoted(unsent), expected);
}

/// Whether a file in this folder contains the text.
fn contains(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contains(&path, text)
        } else {
            fs::read_to_string(path).is_ok_and(|file| file.contains(text))
        }
    })
}
