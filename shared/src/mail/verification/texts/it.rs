//! Italian, with "Lei".

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} è il Suo codice di verifica per {product}",
    preheader: "Il Suo codice è {code}. È valido per {minutes}.",
    heading: "Verifichi l’indirizzo {address}",
    greeting: "Buongiorno {first_name},",
    intro: "La preghiamo di inserire questo codice quando {product} lo richiede:",
    // "Fino al" would have to become "fino all’" on the 8th and the 11th, so a colon stands in its place.
    code_life: "Il codice è valido per {minutes} (scadenza: {until}).",
    button_life: "In alternativa può usare il pulsante. Funziona per {hours} (scadenza: {until}).",
    link_life: "In alternativa può aprire questo link. Funziona per {hours} (scadenza: {until}):",
    button: "Verifica indirizzo e-mail",
    fallback: "Se il pulsante non funziona, apra questo link nel browser:",
    not_asked: "Se non ha richiesto Lei questo messaggio, può ignorarlo senza problemi: probabilmente qualcuno ha sbagliato a digitare il proprio indirizzo.",
    questions: "Ha domande? Scriva a {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n} minuto",
            other: "{n} minuti",
        },
        hours: Plural::OneOther {
            one: "{n} ora",
            other: "{n} ore",
        },
        months: [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        first_day: "1º",
        moment: "{day} {month} {year}, ore {time} UTC",
    },
};
