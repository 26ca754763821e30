//! Italian, with "tu".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Il tuo indirizzo e-mail per {product} è stato modificato",
    changed: "Il tuo indirizzo {address} per {product} è stato sostituito con un altro ({at}).",
    was_you: "Se hai fatto tu questa modifica, non devi fare altro.",
    not_you: "Altrimenti scrivici subito a {support}.",
    not_you_without_address: "Altrimenti contatta subito {product}.",
};
