//! French, with "vous".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Demande de modification de votre adresse pour {product}",
    requested: "Le {at}, il a été demandé de remplacer votre adresse {address} pour {product} par une autre. Rien ne change tant que l’autre adresse n’est pas confirmée.",
    was_you: "Si cette demande vient de vous, vous n’avez rien à faire ici.",
    not_you: "Sinon, écrivez-nous sans attendre à {support}.",
    not_you_without_address: "Sinon, contactez {product} sans attendre.",
};
