//! Spanish, with "usted".

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} es su código de verificación de {product}",
    preheader: "Su código es {code}. Es válido durante {minutes}.",
    heading: "Verifique la dirección {address}",
    greeting: "Hola, {first_name}:",
    intro: "Introduzca este código cuando {product} se lo pida:",
    code_life: "El código es válido durante {minutes}, hasta el {until}.",
    button_life: "También puede usar el botón. Funciona durante {hours}, hasta el {until}.",
    link_life: "También puede abrir este enlace. Funciona durante {hours}, hasta el {until}:",
    button: "Verificar la dirección",
    fallback: "Si el botón no funciona, abra este enlace en su navegador:",
    not_asked: "Si usted no lo ha solicitado, probablemente otra persona se equivocó al escribir su propia dirección, y puede ignorar este correo con toda tranquilidad.",
    questions: "¿Tiene alguna pregunta? Escriba a {support}.",
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
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        first_day: "1",
        moment: "{day} de {month} de {year} a las {time} UTC",
    },
};
