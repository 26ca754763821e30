//! Portuguese of Brazil, with "você".

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} é o seu código de verificação de {product}",
    preheader: "O seu código é {code}. Ele vale por {minutes}.",
    heading: "Confirme o endereço {address}",
    greeting: "Olá, {first_name}!",
    intro: "Digite este código quando {product} pedir:",
    code_life: "O código vale por {minutes}, até {until}.",
    button_life: "Ou use o botão. Ele funciona por {hours}, até {until}.",
    link_life: "Ou abra este link. Ele funciona por {hours}, até {until}:",
    button: "Confirmar endereço de e-mail",
    fallback: "Se o botão não funcionar, abra este link no navegador:",
    not_asked: "Se você não fez esta solicitação, provavelmente alguém errou ao digitar o próprio endereço, e você pode ignorar este e-mail com tranquilidade.",
    questions: "Alguma dúvida? Escreva para {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n} minuto",
            other: "{n} minutos",
        },
        hours: Plural::OneOther {
            one: "{n} hora",
            other: "{n} horas",
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
        moment: "{day} de {month} de {year} às {time} UTC",
    },
};
