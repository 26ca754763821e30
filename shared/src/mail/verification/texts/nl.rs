//! Dutch, with "u".

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is uw verificatiecode voor {product}",
    preheader: "Uw code is {code}. Hij is {minutes} geldig.",
    heading: "Bevestig {address}",
    greeting: "Hallo {first_name},",
    intro: "Vul deze code in wanneer {product} erom vraagt:",
    code_life: "De code is {minutes} geldig, tot {until}.",
    button_life: "Of gebruik de knop. Die werkt {hours}, tot {until}.",
    link_life: "Of open deze link. Die werkt {hours}, tot {until}:",
    button: "E-mailadres bevestigen",
    fallback: "Werkt de knop niet? Open dan deze link in uw browser:",
    not_asked: "Hebt u hier niet om gevraagd, dan heeft iemand waarschijnlijk het eigen adres verkeerd getypt en kunt u deze e-mail gerust negeren.",
    questions: "Vragen? Schrijf naar {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n} minuut",
            other: "{n} minuten",
        },
        hours: Plural::Same("{n} uur"),
        months: [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        first_day: "1",
        moment: "{day} {month} {year} om {time} uur UTC",
    },
};
