//! Spanish, with "tú".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Tu dirección de correo en {product} ha cambiado",
    changed: "El {at}, tu dirección {address} en {product} se sustituyó por otra.",
    was_you: "Si has hecho tú este cambio, no tienes que hacer nada más.",
    not_you: "Si no has sido tú, escríbenos cuanto antes a {support}.",
    not_you_without_address: "Si no has sido tú, ponte en contacto cuanto antes con {product}.",
};
