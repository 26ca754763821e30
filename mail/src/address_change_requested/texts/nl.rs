//! Dutch, with "je".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Wijziging van je e-mailadres voor {product} aangevraagd",
    requested: "Op {at} is gevraagd om je e-mailadres voor {product} te wijzigen van {address} naar een ander adres. Er verandert niets tot dat adres is bevestigd.",
    was_you: "Heb je dit zelf gevraagd? Dan hoef je hier niets te doen.",
    not_you: "Was jij het niet? Mail dan meteen naar {support}.",
    not_you_without_address: "Was jij het niet? Neem dan meteen contact op met {product}.",
};
