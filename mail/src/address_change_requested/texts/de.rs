//! German, with "Sie".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Ihre E-Mail-Adresse für {product} soll geändert werden",
    requested: "Am {at} wurde angefordert, Ihre Adresse {address} für {product} durch eine andere zu ersetzen. Bis diese bestätigt ist, ändert sich nichts.",
    was_you: "Falls Sie das selbst waren, müssen Sie hier nichts tun.",
    not_you: "Falls nicht, schreiben Sie bitte umgehend an {support}.",
    not_you_without_address: "Falls nicht, wenden Sie sich bitte umgehend an {product}.",
};
