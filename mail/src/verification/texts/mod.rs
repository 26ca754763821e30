//! What the mail says, in each language. The two parts share one catalogue.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod he;
mod hi;
mod it;
mod ja;
mod ko;
mod nl;
mod pl;
mod pt_br;
mod tr;
mod zh_hans;
mod zh_hant;

use crate::fill::places_are;
use crate::formats::Formats;
use shared::text::locale::Locale;

/// The texts of one language. A text that is missing does not compile, and neither does one with a
/// place that is not its own.
///
/// `{address}`, `{code}`, `{first_name}`, `{product}` and `{support}` are as somebody chose them,
/// so a text must not inflect them, nor ask for their gender. `{minutes}`, `{life}` (hours or days)
/// and `{until}` come from the formats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts {
    /// The subject: `{code}`, `{product}`.
    pub(super) subject: &'static str,
    /// What a list of mails shows beside the subject: `{code}`, `{minutes}`.
    pub(super) preheader: &'static str,
    /// Names the address that is to be verified: `{address}`.
    pub(super) heading: &'static str,
    /// For a reader whose name is known: `{first_name}`.
    pub(super) greeting: &'static str,
    /// Stands before the code: `{product}`.
    pub(super) intro: &'static str,
    /// How long the code works: `{minutes}`. It says no moment: nobody calculates half an hour in
    /// UTC.
    pub(super) code_life: &'static str,
    /// The other way, in HTML, and how long it works: `{life}`, `{until}`.
    pub(super) button_life: &'static str,
    /// The other way, in plain text, and how long it works: `{life}`, `{until}`.
    pub(super) link_life: &'static str,
    /// On the button.
    pub(super) button: &'static str,
    /// Stands before the bare link, in HTML.
    pub(super) fallback: &'static str,
    /// For whoever did not ask for the mail: first what to do, then why it came.
    pub(super) not_asked: &'static str,
    /// Whom to ask: `{support}`.
    pub(super) questions: &'static str,
    /// How the language writes lives and moments.
    pub(super) formats: Formats,
}

/// The texts of this language.
pub(super) const fn of(locale: Locale) -> &'static Texts {
    match locale {
        Locale::Ar => &ar::TEXTS,
        Locale::De => &de::TEXTS,
        Locale::En => &en::TEXTS,
        Locale::Es => &es::TEXTS,
        Locale::Fr => &fr::TEXTS,
        Locale::He => &he::TEXTS,
        Locale::Hi => &hi::TEXTS,
        Locale::It => &it::TEXTS,
        Locale::Ja => &ja::TEXTS,
        Locale::Ko => &ko::TEXTS,
        Locale::Nl => &nl::TEXTS,
        Locale::Pl => &pl::TEXTS,
        Locale::PtBr => &pt_br::TEXTS,
        Locale::Tr => &tr::TEXTS,
        Locale::ZhHans => &zh_hans::TEXTS,
        Locale::ZhHant => &zh_hant::TEXTS,
    }
}

impl Texts {
    /// Stops the compiler at a text whose places are not the ones that it must have.
    const fn check(&self) {
        assert!(places_are(self.subject, &["code", "product"]));
        assert!(places_are(self.preheader, &["code", "minutes"]));
        assert!(places_are(self.heading, &["address"]));
        assert!(places_are(self.greeting, &["first_name"]));
        assert!(places_are(self.intro, &["product"]));
        assert!(places_are(self.code_life, &["minutes"]));
        assert!(places_are(self.button_life, &["life", "until"]));
        assert!(places_are(self.link_life, &["life", "until"]));
        assert!(places_are(self.button, &[]));
        assert!(places_are(self.fallback, &[]));
        assert!(places_are(self.not_asked, &[]));
        assert!(places_are(self.questions, &["support"]));
        assert!(self.formats.is_complete());
    }
}

const _: () = {
    let mut index = 0;
    while index < Locale::ALL.len() {
        of(Locale::ALL[index]).check();
        index += 1;
    }
};
