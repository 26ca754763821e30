//! French, with "vous".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Votre adresse e-mail pour {product} a été modifiée",
    changed: "Le {at}, votre adresse {address} pour {product} a été remplacée par une autre.",
    was_you: "Si vous êtes à l’origine de ce changement, vous n’avez rien à faire.",
    not_you: "Sinon, écrivez-nous sans attendre à {support}.",
    not_you_without_address: "Sinon, contactez {product} sans attendre.",
};
