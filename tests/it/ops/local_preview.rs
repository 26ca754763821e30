//! `cargo run -- preview`: every mail and every state of the page, in files.

use std::fs;

use local::preview::Preview;
use local::stack::Setting;
use shared::domain::clock::Timestamp;
use shared::text::locale::Locale;

use super::local_stack::Folder;

const NOON: Timestamp = Timestamp::from_unix_seconds(1_795_435_200);

fn write(folder: &Folder, settings: &[(&'static str, &str)]) {
    let settings: Vec<Setting> = settings
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    Preview::new(NOON, &settings)
        .unwrap()
        .write(&folder.0)
        .unwrap();
}

fn read(folder: &Folder, file: &str) -> String {
    fs::read_to_string(folder.0.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_preview_has_the_given_settings() {
    let folder = Folder::new("preview");
    write(
        &folder,
        &[
            ("PRODUCT_NAME", "Käse"),
            ("ACCENT_COLOR", "#ffcc00"),
            ("LINK_LIFETIME_HOURS", "48"),
            ("APP_URL", "https://app.kaese.example"),
        ],
    );
    let mail = read(&folder, "verification/en.html");
    for shown in ["Käse", "color:#907300", "Springfield", "2\u{a0}days"] {
        assert!(mail.contains(shown), "{shown}: {mail}");
    }
    let page = read(&folder, "page/verified/en.html");
    for shown in ["Käse", "--accent:#907300", "https://app.kaese.example"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[test]
fn the_preview_shows_each_content() {
    let folder = Folder::new("preview-contents");
    write(&folder, &[("CODE_IN_SUBJECT", "false")]);
    for (name, has_link, has_code) in [
        ("verification", true, true),
        ("verification_link", true, false),
        ("verification_code", false, true),
    ] {
        let text = read(&folder, &format!("{name}/en.txt"));
        assert_eq!(
            text.contains("https://mail.acme.example"),
            has_link,
            "{text}"
        );
        assert_eq!(text.contains("Enter this code"), has_code, "{text}");
    }
    let index = read(&folder, "index.html");
    assert!(index.contains("data-name=\"verification_code\""), "{index}");
    assert!(!index.contains("is your Acme verification code"), "{index}");
}

#[test]
fn each_link_of_the_preview_has_files() {
    let folder = Folder::new("preview-links");
    write(&folder, &[]);
    let index = read(&folder, "index.html");
    assert!(!index.contains("{{"));
    assert!(index.contains("<option value=\"en\" lang=\"en\" data-direction=\"ltr\" selected>"));
    let links: Vec<_> = index.split(" data-name=\"").skip(1).collect();
    assert!(links.len() > 10, "{index}");
    for link in links {
        let (name, _) = link.split_once('"').unwrap();
        for locale in Locale::ALL {
            let (tag, direction) = (locale.tag(), locale.direction());
            let html = read(&folder, &format!("{name}/{tag}.html"));
            assert!(html.contains(&format!("dir=\"{direction}\"")), "{name}");
            for scheme in ["light", "dark"] {
                let html = read(&folder, &format!("{name}/{tag}.{scheme}.html"));
                assert!(!html.contains("prefers-color-scheme"), "{name}/{tag}");
            }
        }
    }
}

#[test]
fn an_earlier_state_is_removed() {
    let folder = Folder::new("preview-again");
    write(&folder, &[]);
    let earlier = folder.0.join("page/earlier");
    fs::create_dir_all(&earlier).unwrap();
    write(&folder, &[]);
    assert!(!earlier.exists());
}

#[test]
fn other_files_are_not_overwritten() {
    for file in ["index.html", "page/own.html", "notes.txt"] {
        let folder = Folder::new("preview-foreign");
        let file = folder.0.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine").unwrap();
        let preview = Preview::new(NOON, &[]).unwrap();
        let error = preview.write(&folder.0).unwrap_err().to_string();
        assert!(error.starts_with("choose an empty folder; "), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }
}

#[test]
fn a_wrong_setting_writes_nothing() {
    let wrong = [("LINK_LIFETIME_HOURS", "0".to_owned())];
    let error = Preview::new(NOON, &wrong).unwrap_err().to_string();
    assert_eq!(
        error,
        "setting LINK_LIFETIME_HOURS: must be a whole number from 1 to 168"
    );
}
