//! Italian, with "tu".

use super::Texts;
use crate::formats::Formats;
use crate::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} è il tuo codice di verifica per {product}",
    preheader: "Il tuo codice è {code}. È valido per {minutes}.",
    heading: "Verifica l’indirizzo {address}",
    greeting: "Ciao {first_name},",
    intro: "Inserisci questo codice quando {product} te lo chiede:",
    // "Fino al" would have to become "fino all’" on the 8th and the 11th, so a colon stands in its
    // place.
    code_life: "Il codice scade tra {minutes}.",
    button_life: "Oppure usa il pulsante. Il suo link scade tra {life} ({until}).",
    link_life: "Oppure apri questo link, che scade tra {life} ({until}):",
    button: "Verifica indirizzo e-mail",
    fallback: "Se il pulsante non funziona, apri questo link nel browser:",
    not_asked: "Se non hai richiesto questa e-mail, puoi ignorarla senza problemi. Probabilmente qualcuno ha inserito il tuo indirizzo per errore.",
    questions: "Hai domande? Scrivici a {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n}\u{a0}minuto",
            other: "{n}\u{a0}minuti",
        },
        hours: Plural::OneOther {
            one: "{n}\u{a0}ora",
            other: "{n}\u{a0}ore",
        },
        days: Plural::OneOther {
            one: "{n}\u{a0}giorno",
            other: "{n}\u{a0}giorni",
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
        moment: "{day}\u{a0}{month} {year}, ore\u{a0}{time}\u{a0}UTC",
    },
};
