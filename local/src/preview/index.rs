//! The page that shows a preview.

use std::collections::BTreeMap;
use std::fmt::Write;

use mail::Mail;
use serde::Serialize;
use shared::text::locale::Locale;
use verification_page::Look;

use super::{PAGE, Variant};

const HTML: &str = include_str!("index.html");
/// By which an earlier preview is known.
pub(super) const TITLE: &str = "<title>Preview of emails and page</title>";
/// The language that the page shows first.
const FIRST: Locale = Locale::En;

/// What the page shows beside the files.
#[derive(Default)]
pub(super) struct Index {
    mails: BTreeMap<&'static str, BTreeMap<&'static str, Parts>>,
    /// In the order of the preview, with the states of each.
    looks: Vec<(&'static str, Vec<&'static str>)>,
}

#[derive(Serialize)]
struct Parts {
    subject: String,
    text: String,
}

impl Index {
    pub(super) fn add_mail(&mut self, variant: Variant, mail: Mail) {
        let of_variant = self.mails.entry(variant.name()).or_default();
        let parts = Parts {
            subject: mail.subject,
            text: mail.text,
        };
        of_variant.insert(mail.locale.tag(), parts);
    }

    /// The looks are the same in each language.
    pub(super) fn add_look(&mut self, look: &Look) {
        if self.looks.iter().all(|(name, _)| *name != look.name) {
            self.looks.push((look.name, look.states.clone()));
        }
    }

    pub(super) fn html(&self) -> serde_json::Result<String> {
        // A text must not end the script that holds it.
        let mails = serde_json::to_string(&self.mails)?.replace('<', "\\u003c");
        let emails = Variant::all().map(|variant| (variant.name(), ""));
        Ok(HTML
            .replace("{{ languages }}", &languages())
            .replace("{{ emails }}", &links("", emails))
            .replace("{{ states }}", &self.states())
            .replace("{{ mails }}", &mails))
    }

    fn states(&self) -> String {
        let shared = |(name, states): &(&'static str, Vec<&str>)| match states.as_slice() {
            [_] => (*name, String::new()),
            states => (
                *name,
                format!("Shown for: {}", states.join(", ").replace('_', " ")),
            ),
        };
        let looks: Vec<_> = self.looks.iter().map(shared).collect();
        let looks = looks.iter().map(|(name, states)| (*name, states.as_str()));
        links(&format!("{PAGE}/"), looks)
    }
}

fn languages() -> String {
    let mut options = String::new();
    for locale in Locale::ALL {
        let (tag, direction) = (locale.tag(), locale.direction());
        let selected = if locale == FIRST { " selected" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(
            options,
            "<option value=\"{tag}\" lang=\"{tag}\" data-direction=\"{direction}\"{selected}>\
             {tag}</option>"
        );
    }
    options
}

/// A link for each name, with what the page says about it.
fn links<'a>(folder: &str, names: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let mut links = String::new();
    for (name, about) in names {
        let label = name.replace('_', " ");
        let first = FIRST.tag();
        let _ = write!(
            links,
            "<li><a href=\"{folder}{name}/{first}.html\" data-name=\"{folder}{name}\" \
             data-about=\"{about}\">{label}</a></li>"
        );
    }
    links
}
