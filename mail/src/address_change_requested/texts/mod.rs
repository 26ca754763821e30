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
        /// Subject and heading: that somebody asked to change the address at the product.
        subject: [product],
        /// When somebody asked to replace this address by another one, and that it stays until the
        /// other one is verified. It does not say which.
        requested: [address, at, product],
        /// To a reader who asked for it: there is nothing to do here.
        was_you: [],
        /// To any other reader: write to the support at once.
        not_you: [support],
        /// The same, if no address is known that somebody reads.
        not_you_without_address: [product],
    }
}
