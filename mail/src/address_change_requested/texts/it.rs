//! Italian, with "tu".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Richiesta di modifica del tuo indirizzo per {product}",
    requested: "È stato chiesto di sostituire il tuo indirizzo {address} per {product} con un altro ({at}). Non cambia nulla finché l’altro indirizzo non è verificato.",
    was_you: "Se la richiesta è tua, qui non devi fare nulla.",
    not_you: "Altrimenti scrivici subito a {support}.",
    not_you_without_address: "Altrimenti contatta subito {product}.",
};
