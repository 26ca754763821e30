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
    /// `{address}`, `{code}`, `{first_name}`, `{product}` and `{support}` are what somebody
    /// chose, so a text must not inflect them or depend on a gender. The language writes
    /// `{minutes}`, `{lifetime}` (hours or days) and `{until}`.
    pub(super) struct Texts {
        subject: [code, product],
        /// What a list of mails shows beside the subject.
        preheader: [code, minutes],
        /// Names the address that is to be verified.
        heading: [address],
        /// For a reader whose name is known.
        greeting: [first_name],
        /// Stands before the code.
        intro: [product],
        /// How long the code works. No date: nobody calculates half an hour in UTC.
        code_lifetime: [minutes],
        /// The other way, in HTML, and how long it works.
        button_lifetime: [lifetime, until],
        /// The other way, in plain text, and how long it works.
        link_lifetime: [lifetime, until],
        /// On the button.
        button: [],
        /// Stands before the bare link, in HTML.
        fallback: [],
        /// To a reader who did not request the mail: first what to do, then why it came.
        not_asked: [],
        /// Where to ask.
        questions: [support],
    }
}
