//! Writes every mail in every language into a folder, with a page that shows them side by side.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use mail::{Mail, MailSettings};
use shared::domain::clock::Timestamp;
use shared::domain::mail_kind::MailKind;
use shared::runtime::settings::{Environment, SettingError};
use shared::text::html::Html;
use shared::text::locale::Locale;

use crate::stack::{environment, replace};

mod sample;

pub use sample::Sample;

const INDEX: &str = include_str!("preview/index.html");
/// The media query of mails. A preview replaces it, to show both schemes on one screen.
const DARK: &str = "(prefers-color-scheme: dark)";

/// Writes the mails as they would be sent at `now`: `<kind>/<language>.html` and `.txt`. The
/// settings of `brand` replace those of this machine. Returns the path of the page that shows all
/// mails.
///
/// # Errors
///
/// The folder cannot be written, or a setting is wrong.
pub fn write(dir: &Path, now: Timestamp, brand: &[(&'static str, String)]) -> io::Result<PathBuf> {
    let settings = settings(brand).map_err(io::Error::other)?;
    let mut sample = Sample::new(settings, now)?;
    let mut sections = String::new();
    let mut links = String::new();
    for &kind in MailKind::ALL {
        let name = kind.as_str();
        let folder = dir.join(name);
        fs::create_dir_all(&folder)?;
        // Writing to a string cannot fail.
        let _ = writeln!(links, "<b>{name}</b>");
        for locale in Locale::ALL {
            sample.locale = locale;
            let mail = sample.mail(kind).map_err(io::Error::other)?;
            let tag = locale.tag();
            let file = |ending: &str| folder.join(format!("{tag}.{ending}"));
            fs::write(file("html"), &mail.html)?;
            fs::write(file("txt"), &mail.text)?;
            fs::write(file("light.html"), mail.html.replace(DARK, "not all"))?;
            fs::write(file("dark.html"), mail.html.replace(DARK, "all"))?;
            let _ = writeln!(links, "<a href=\"#{name}/{tag}\">{tag}</a>");
            sections.push_str(&section(&mail));
        }
    }
    let index = dir.join("index.html");
    let page = INDEX
        .replace("{{ links }}", &links)
        .replace("{{ sections }}", &sections);
    fs::write(&index, page)?;
    Ok(index)
}

/// The settings of this machine, but with the link of a deployed stack.
fn settings(brand: &[(&'static str, String)]) -> Result<MailSettings, SettingError> {
    let mut variables = environment("", "");
    replace(&mut variables, brand.iter().cloned());
    variables.push(("PUBLIC_URL", "https://mail.acme.example".to_owned()));
    MailSettings::from_environment(&Environment::from_pairs(&variables))
}

fn section(mail: &Mail) -> String {
    let (tag, kind) = (mail.locale.tag(), mail.kind.as_str());
    let frame = |scheme: &str, width: u16| {
        format!(
            "<figure style=\"width:{width}px\"><figcaption>{scheme}, {width} px</figcaption>\
             <iframe src=\"{kind}/{tag}.{scheme}.html\" \
             title=\"{kind}, {tag}, {scheme}, {width} px\" \
             loading=\"lazy\"></iframe></figure>"
        )
    };
    format!(
        "<section id=\"{kind}/{tag}\"><h2>{kind}, {tag}</h2>\
         <p class=\"subject\" lang=\"{tag}\" dir=\"auto\">{subject}</p>\
         <p><a href=\"{kind}/{tag}.html\">HTML</a> <a href=\"{kind}/{tag}.txt\">text</a></p>\
         <div class=\"row\">{}{}{}{}\
         <figure><figcaption>text</figcaption>\
         <pre lang=\"{tag}\" dir=\"{direction}\">{text}</pre></figure></div></section>\n",
        frame("light", 640),
        frame("dark", 640),
        frame("light", 375),
        frame("dark", 375),
        subject = Html::of_text(&mail.subject),
        direction = mail.locale.direction(),
        text = Html::of_text(&mail.text),
    )
}
