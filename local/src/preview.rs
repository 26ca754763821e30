//! Writes every mail and every state of the page, in every language, into a folder, with a page
//! that shows them.

mod index;
mod sample;

use std::path::{Path, PathBuf};
use std::{fs, io};

use mail::{Mail, MailSettings};
use shared::domain::clock::Timestamp;
use shared::domain::mail_kind::MailKind;
use shared::runtime::settings::{Environment, proofs};
use shared::text::locale::Locale;
use verification_page::PagePreview;

use crate::stack::{Setting, environment, replace};
use index::Index;
pub use sample::Sample;

/// The folder of the page's states.
const PAGE: &str = "page";
/// The media query of mails and page. A preview replaces it, so that it can show both schemes.
const DARK: &str = "(prefers-color-scheme: dark)";
/// What allows both schemes to them. It decides the colours of scroll bars and fields.
const BOTH_SCHEMES: &str = "light dark";

/// Mails as they would be sent at `now`, and the page, with the settings of this machine.
#[derive(Debug)]
pub struct Preview {
    sample: Sample,
    page: PagePreview,
}

impl Preview {
    /// The settings of `given` replace those of this machine.
    ///
    /// # Errors
    ///
    /// A setting is wrong.
    pub fn new(now: Timestamp, given: &[Setting]) -> io::Result<Self> {
        let mut variables = environment("", "");
        variables.extend([
            ("PUBLIC_URL", "https://mail.acme.example".to_owned()),
            ("APP_URL", "https://app.acme.example".to_owned()),
        ]);
        replace(&mut variables, given.iter().cloned());
        let environment = &Environment::from_pairs(&variables);
        let mails = MailSettings::from_environment(environment).map_err(io::Error::other)?;
        Ok(Self {
            sample: Sample {
                lifetimes: proofs::lifetimes(environment).map_err(io::Error::other)?,
                ..Sample::new(mails, now)?
            },
            page: PagePreview::from_environment(environment).map_err(io::Error::other)?,
        })
    }

    /// Writes `<kind>/<language>.html` and `.txt` of each mail, and `page/<state>/<language>.html`.
    /// Returns the path of the page that shows them.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn write(mut self, dir: &Path) -> io::Result<PathBuf> {
        let mut index = Index::default();
        // An earlier preview may have other states.
        remove(&dir.join(PAGE))?;
        for locale in Locale::ALL {
            self.sample.locale = locale;
            for &kind in MailKind::ALL {
                let mail = self.sample.mail(kind).map_err(io::Error::other)?;
                write_mail(&dir.join(kind.as_str()), &mail)?;
                index.add_mail(mail);
            }
            for look in self.page.looks(locale).map_err(io::Error::other)? {
                let folder = dir.join(PAGE).join(look.name);
                write_schemes(&folder, locale.tag(), &look.html)?;
                index.add_look(&look);
            }
        }
        let file = dir.join("index.html");
        fs::write(&file, index.html()?)?;
        Ok(file)
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_mail(folder: &Path, mail: &Mail) -> io::Result<()> {
    let tag = mail.locale.tag();
    write_schemes(folder, tag, &mail.html)?;
    fs::write(folder.join(format!("{tag}.txt")), &mail.text)
}

/// As it is, and in light and in dark colours, whatever the browser prefers.
fn write_schemes(folder: &Path, tag: &str, html: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{tag}.html")), html)?;
    for (scheme, condition) in [("light", "not all"), ("dark", "all")] {
        let html = html.replace(DARK, condition).replace(BOTH_SCHEMES, scheme);
        fs::write(folder.join(format!("{tag}.{scheme}.html")), html)?;
    }
    Ok(())
}
