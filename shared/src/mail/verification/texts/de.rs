//! German, with "Sie".

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} ist Ihr Bestätigungscode für {product}",
    preheader: "Ihr Code lautet {code}. Er gilt {minutes} lang.",
    heading: "{address} bestätigen",
    // With an exclamation mark, as after a comma the next paragraph would have to begin in lower case.
    greeting: "Guten Tag, {first_name}!",
    intro: "Bitte geben Sie diesen Code ein, wenn {product} danach fragt:",
    code_life: "Der Code gilt {minutes} lang, bis zum {until}.",
    button_life: "Oder klicken Sie auf die Schaltfläche. Sie funktioniert {hours} lang, bis zum {until}.",
    link_life: "Oder öffnen Sie diesen Link. Er gilt {hours} lang, bis zum {until}:",
    button: "E-Mail-Adresse bestätigen",
    fallback: "Falls die Schaltfläche nicht funktioniert, öffnen Sie bitte diesen Link im Browser:",
    not_asked: "Falls Sie das nicht angefordert haben, hat sich vermutlich jemand bei der eigenen Adresse vertippt, und Sie können diese E-Mail einfach ignorieren.",
    questions: "Fragen? Schreiben Sie an {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n} Minute",
            other: "{n} Minuten",
        },
        hours: Plural::OneOther {
            one: "{n} Stunde",
            other: "{n} Stunden",
        },
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        first_day: "1",
        moment: "{day}. {month} {year} um {time} Uhr UTC",
    },
};
