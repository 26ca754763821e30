//! German, with "Sie".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Ihre E-Mail-Adresse für {product} wurde geändert",
    changed: "Am {at} wurde Ihre Adresse {address} für {product} durch eine andere ersetzt.",
    was_you: "Falls Sie das selbst waren, müssen Sie nichts weiter tun.",
    not_you: "Falls nicht, schreiben Sie bitte umgehend an {support}.",
    not_you_without_address: "Falls nicht, wenden Sie sich bitte umgehend an {product}.",
};
