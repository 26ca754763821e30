//! What the mail says, in each language. Both parts share one catalogue.

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

shared::text::catalogue::catalogue! {
    /// `{code}`, `{first_name}`, `{product}` and `{support}` are what somebody
    /// chose, so a text must not inflect them or depend on a gender. The language writes
    /// `{minutes}`, `{lifetime}` (hours or days) and `{until}`.
    pub(super) struct Texts {
        subject: [code, product],
        /// If the mail has a link alone, or the subject must not have the code.
        subject_without_code: [product],
        /// What a list of mails shows beside the subject.
        preheader: [code, minutes],
        /// The same of a mail with a link alone.
        link_preheader: [lifetime],
        /// The address stands below it.
        heading: [],
        /// For a reader whose name is known.
        greeting: [first_name],
        /// Stands before the code.
        intro: [product],
        /// How long the code works. No date beside that of the link: one is enough.
        code_lifetime: [minutes],
        /// The same in a mail with a code alone.
        code_lifetime_until: [minutes, until],
        /// That the code is for its reader alone.
        keep_secret: [],
        /// The other way, in HTML.
        or_button: [],
        /// The other way, in plain text, and how long it works.
        link_lifetime: [lifetime, until],
        /// What to do in a mail with a link alone, in HTML.
        only_button: [product],
        /// The same in plain text, and how long it works.
        only_link: [product, lifetime, until],
        /// On the button.
        button: [],
        /// How long the button works, below it.
        button_lifetime: [lifetime, until],
        /// Stands before the bare link, in HTML.
        fallback: [],
        /// To a reader who did not request the mail: first what to do, then why it came.
        not_asked: [],
        /// The link that stops such mails, after `not_asked`: what the reader says by it.
        refuse: [],
        /// Where to ask.
        questions: [support],
    }
}
