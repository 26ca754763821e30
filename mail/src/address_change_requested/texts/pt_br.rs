//! Portuguese of Brazil, with "você".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Pedido de alteração do seu endereço de e-mail para {product}",
    requested: "Em {at}, foi pedida a alteração do seu endereço de e-mail para {product} de {address} para outro. Nada muda até que o outro endereço seja confirmado.",
    was_you: "Se o pedido foi seu, não é preciso fazer nada aqui.",
    not_you: "Se não foi você, escreva imediatamente para {support}.",
    not_you_without_address: "Se não foi você, entre em contato imediatamente com {product}.",
};
