//! Portuguese of Brazil, with "você".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} é seu código de verificação de {product}",
    subject_without_code: "Confirme seu endereço de e-mail para {product}",
    preheader: "Seu código é {code}. Ele vale por {minutes}.",
    link_preheader: "O link deste e-mail funciona por {lifetime}.",
    heading: "Confirme seu endereço de e-mail",
    greeting: "Olá, {first_name}!",
    intro: "Digite este código quando {product} pedir:",
    code_lifetime: "O código vale por {minutes}.",
    code_lifetime_until: "O código vale por {minutes}, até {until}.",
    keep_secret: "Não compartilhe este código com ninguém.",
    or_button: "Ou use o botão.",
    link_lifetime: "Ou abra este link, que funciona por {lifetime}, até {until}:",
    only_button: "Use o botão para confirmar seu endereço de e-mail para {product}.",
    only_link: "Para confirmar seu endereço de e-mail para {product}, abra este link, que funciona por {lifetime}, até {until}:",
    button: "Confirmar e-mail",
    button_lifetime: "O link funciona por {lifetime}, até {until}.",
    fallback: "Se o botão não funcionar, abra este link no navegador:",
    not_asked: "Se você não fez esta solicitação, pode ignorar este e-mail com tranquilidade. Provavelmente alguém digitou o seu endereço por engano.",
    refuse: "Eu não pedi este e-mail",
    questions: "Alguma dúvida? Escreva para {support}.",
};
