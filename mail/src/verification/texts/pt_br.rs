//! Portuguese of Brazil, with "você".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} é seu código de verificação de {product}",
    preheader: "Seu código é {code}. Ele vale por {minutes}.",
    heading: "Confirme o endereço {address}",
    greeting: "Olá, {first_name}!",
    intro: "Digite este código quando {product} pedir:",
    code_lifetime: "O código vale por {minutes}.",
    button_lifetime: "Ou use o botão. Ele funciona por {lifetime}, até {until}.",
    link_lifetime: "Ou abra este link, que funciona por {lifetime}, até {until}:",
    button: "Confirmar e-mail",
    fallback: "Se o botão não funcionar, abra este link no navegador:",
    not_asked: "Se você não fez esta solicitação, pode ignorar este e-mail com tranquilidade. Provavelmente alguém digitou o seu endereço por engano.",
    questions: "Alguma dúvida? Escreva para {support}.",
};
