//! Portuguese of Brazil, with "você".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Seu endereço de e-mail para {product} foi alterado",
    changed: "Em {at}, seu endereço de e-mail para {product} foi alterado de {address} para outro.",
    was_you: "Se você fez essa alteração, não é preciso fazer mais nada.",
    not_you: "Se não foi você, escreva imediatamente para {support}.",
    not_you_without_address: "Se não foi você, entre em contato imediatamente com {product}.",
};
