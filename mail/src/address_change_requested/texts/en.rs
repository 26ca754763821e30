//! English.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "A change of your {product} email address was requested",
    requested: "On {at}, somebody asked to change your email address for {product} from {address} to a different one. Nothing changes until that address is verified.",
    was_you: "If it was you, there’s nothing to do here.",
    not_you: "If it wasn’t, please contact us right away at {support}.",
    not_you_without_address: "If it wasn’t, please contact {product} right away.",
};
