//! Dutch, with "je".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Je e-mailadres voor {product} is gewijzigd",
    changed: "Op {at} is je e-mailadres voor {product} gewijzigd van {address} naar een ander adres.",
    was_you: "Heb je dit zelf gedaan? Dan hoef je niets meer te doen.",
    not_you: "Was jij het niet? Mail dan meteen naar {support}.",
    not_you_without_address: "Was jij het niet? Neem dan meteen contact op met {product}.",
};
