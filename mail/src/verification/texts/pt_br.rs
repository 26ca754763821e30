//! Portuguese of Brazil, with "você".

use super::Texts;
use crate::formats::Formats;
use crate::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} é seu código de verificação de {product}",
    preheader: "Seu código é {code}. Ele vale por {minutes}.",
    heading: "Confirme o endereço {address}",
    greeting: "Olá, {first_name}!",
    intro: "Digite este código quando {product} pedir:",
    code_life: "O código vale por {minutes}.",
    button_life: "Ou use o botão. Ele funciona por {life}, até {until}.",
    link_life: "Ou abra este link, que funciona por {life}, até {until}:",
    button: "Confirmar e-mail",
    fallback: "Se o botão não funcionar, abra este link no navegador:",
    not_asked: "Se você não fez esta solicitação, pode ignorar este e-mail com tranquilidade. Provavelmente alguém digitou o seu endereço por engano.",
    questions: "Alguma dúvida? Escreva para {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n}\u{a0}minuto",
            other: "{n}\u{a0}minutos",
        },
        hours: Plural::OneOther {
            one: "{n}\u{a0}hora",
            other: "{n}\u{a0}horas",
        },
        days: Plural::OneOther {
            one: "{n}\u{a0}dia",
            other: "{n}\u{a0}dias",
        },
        months: [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        first_day: "1º",
        moment: "{day}\u{a0}de\u{a0}{month} de\u{a0}{year} às\u{a0}{time}\u{a0}UTC",
    },
};
