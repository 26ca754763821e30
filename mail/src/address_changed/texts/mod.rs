//! What the mail says, in each language.

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
    /// `{address}`, `{product}` and `{support}` are what somebody chose, so a text must not
    /// inflect them. The language writes `{at}`.
    pub(super) struct Texts {
        /// Subject and heading: that the address at the product was changed.
        subject: [product],
        /// When this address was replaced by another one. It does not say which.
        changed: [address, at, product],
        /// To a reader who made the change: there is nothing to do.
        was_you: [],
        /// To any other reader: write to the support at once.
        not_you: [support],
        /// The same, if no address is known that somebody reads.
        not_you_without_address: [product],
    }
}
