//! Spanish, with "tú".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Solicitud de cambio de tu dirección de correo en {product}",
    requested: "El {at} se solicitó sustituir tu dirección {address} en {product} por otra. No cambia nada hasta que se verifique la otra dirección.",
    was_you: "Si has sido tú, no tienes que hacer nada aquí.",
    not_you: "Si no has sido tú, escríbenos cuanto antes a {support}.",
    not_you_without_address: "Si no has sido tú, ponte en contacto cuanto antes con {product}.",
};
