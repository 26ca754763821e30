//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Your {product} email address was changed",
    changed: "On {at}, your email address for {product} was changed from {address} to a different one.",
    was_you: "If you made this change, there’s nothing left to do.",
    not_you: "If you didn’t, please contact us right away at {support}.",
    not_you_without_address: "If you didn’t, please contact {product} right away.",
};
