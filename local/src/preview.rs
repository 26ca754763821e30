//! Writes every mail and every state of the page, in every language, into a folder, with a page
//! that shows them.

mod error;
mod folder;
mod index;
mod sample;
mod variant;

use std::path::{Path, PathBuf};

use mail::{LinkTarget, Mail, MailSettings};
use shared::domain::clock::Timestamp;
use shared::runtime::settings::{Environment, proofs};
use shared::text::locale::Locale;
use verification_page::PagePreview;

use crate::stack::{Setting, environment, replace};
pub use error::PreviewError;
use folder::PreviewFolder;
use index::Index;
pub use sample::{MalformedSample, Sample};
pub use variant::Variant;

/// The folder of the page's states.
const PAGE: &str = "page";

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
    pub fn new(now: Timestamp, given: &[Setting]) -> Result<Self, PreviewError> {
        let mut variables = environment("", "");
        variables.extend([
            ("PUBLIC_URL", "https://mail.acme.example".to_owned()),
            ("APP_URL", "https://app.acme.example".to_owned()),
        ]);
        replace(&mut variables, given.iter().cloned());
        let environment = &Environment::from_pairs(&variables);
        let mails = MailSettings::from_environment(environment)?;
        let link_target = LinkTarget::from_environment(environment)?;
        Ok(Self {
            sample: Sample {
                lifetimes: proofs::lifetimes(environment)?,
                code_in_subject: proofs::code_in_subject(environment)?,
                ..Sample::new(mails, link_target, now)?
            },
            page: PagePreview::from_environment(environment)?,
        })
    }

    /// Writes `<mail>/<language>.html` and `.txt` of each mail, and `page/<state>/<language>.html`.
    /// Returns the path of the page that shows them.
    ///
    /// # Errors
    ///
    /// The folder has other files, or cannot be written.
    pub fn write(mut self, dir: &Path) -> Result<PathBuf, PreviewError> {
        let folder = PreviewFolder::prepare(dir)?;
        let mut index = Index::default();
        for locale in Locale::ALL {
            self.sample.locale = locale;
            for variant in Variant::all() {
                self.sample.content = variant.content;
                let mail = self.sample.mail(variant.kind)?;
                write_mail(&folder, variant, &mail)?;
                index.add_mail(variant, mail);
            }
            let looks = self.page.looks(locale);
            for look in looks.map_err(|error| PreviewError::Page(error.into()))? {
                let name = format!("{PAGE}/{}/{}", look.name, locale.tag());
                folder.write_schemes(&name, &look.html)?;
                index.add_look(&look);
            }
        }
        folder.write_index(&index)
    }
}

fn write_mail(folder: &PreviewFolder, variant: Variant, mail: &Mail) -> Result<(), PreviewError> {
    let name = format!("{}/{}", variant.name(), mail.locale.tag());
    folder.write_schemes(&name, &mail.html)?;
    folder.write(&format!("{name}.txt"), &mail.text)
}
