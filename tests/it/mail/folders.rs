//! What each kind of mail has under its name: folders, templates, texts, tests, snapshots.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

use crate::support::template::root;

fn kinds() -> impl Iterator<Item = &'static str> {
    MailKind::ALL.iter().map(|kind| kind.as_str())
}

/// The files and folders in a folder of the workspace.
fn paths_in(folder: impl AsRef<Path>) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().path())
}

/// None of a notice.
fn templates_of(kind: &str) -> impl Iterator<Item = PathBuf> {
    let folder = root().join("mail/templates").join(kind);
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// All files below a folder, as one text.
fn text_of(folder: &Path) -> String {
    let read = |path: PathBuf| {
        if path.is_dir() {
            text_of(&path)
        } else {
            fs::read_to_string(path).unwrap()
        }
    };
    paths_in(folder).map(read).collect()
}

#[test]
fn each_kind_has_its_folders() {
    let kinds: BTreeSet<_> = kinds().map(str::to_owned).collect();
    let folders_in = |parent| -> BTreeSet<_> {
        let folders = paths_in(parent).filter(|path| path.is_dir());
        folders.map(|folder| name(&folder)).collect()
    };
    assert_eq!(folders_in("mail/src"), kinds);
    // A notice has the templates of all notices.
    assert!(folders_in("mail/templates").is_subset(&kinds));
    for kind in folders_in("mail/templates") {
        let file = format!("tests/it/mail/{kind}.rs");
        assert!(root().join(&file).exists(), "{file} is missing");
    }
}

#[test]
fn a_kind_uses_its_own_templates() {
    for kind in kinds() {
        let code = fs::read_to_string(root().join(format!("mail/src/{kind}/mod.rs"))).unwrap();
        let paths = code.split("#[template(path = \"").skip(1);
        let used: BTreeSet<_> = paths
            .map(|path| path.split('"').next().unwrap().to_owned())
            .collect();
        let own: BTreeSet<_> = templates_of(kind)
            .map(|path| format!("{kind}/{}", name(&path)))
            .collect();
        assert_eq!(used, own, "the templates that {kind} uses, and its own");
    }
}

/// The compiler does not see it: a macro declares the texts.
#[test]
fn each_text_is_used() {
    let mail = |kind| (format!("mail/src/{kind}"), String::new());
    let page = "functions/verification_page";
    // A mail's templates have no texts but those that its code gives them.
    let page = (
        format!("{page}/src"),
        text_of(&root().join(page).join("templates")),
    );
    for (code, templates) in kinds().map(mail).chain([page]) {
        let declared = root().join(&code).join("texts/mod.rs");
        let declared = fs::read_to_string(declared).unwrap();
        let (_, fields) = declared.split_once("struct Texts {").unwrap();
        let (fields, _) = fields.split_once("\n    }\n").unwrap();
        let used = text_of(Path::new(&code)) + &templates;
        for field in fields.lines().filter(|line| line.ends_with(',')) {
            let text = field.trim().split(':').next().unwrap();
            assert!(
                used.contains(&format!(".{text}(")) || used.contains(&format!(".{text}.")),
                "nothing in {code} uses the text `{text}`"
            );
        }
    }
}

/// A snapshot that is missing fails its own test.
#[test]
fn each_snapshot_is_of_something_known() {
    let of_kind = |kind| Locale::ALL.map(|locale| (kind, locale));
    let mails = kinds().flat_map(of_kind);
    let mails = mails.map(|(kind, locale)| format!("mail__whole__{kind}_{}", locale.tag()));
    let of_language = Locale::ALL.into_iter().flat_map(|locale| {
        let tests = ["mail__languages__language", "page__languages__page"];
        tests.map(|test| format!("{test}_{}", locale.tag()))
    });
    let of_content = ["link", "code"].map(|content| {
        let snapshots = [
            format!("verification_{content}_en"),
            format!("texts_{content}"),
        ];
        snapshots.map(|snapshot| format!("mail__whole__{snapshot}"))
    });
    let known: BTreeSet<_> = mails
        .chain(of_language)
        .chain(of_content.into_iter().flatten())
        .map(|name| format!("it__{name}.snap"))
        .collect();
    let files = ["mail", "page"].map(|tests| paths_in(format!("tests/it/{tests}/snapshots")));
    for file in files.into_iter().flatten().map(|path| name(&path)) {
        let is_new = file.ends_with(".snap.new");
        assert!(is_new || known.contains(&file), "delete {file}: it is old");
    }
}
