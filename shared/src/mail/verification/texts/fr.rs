//! French, with "vous". The space before a colon or a question mark is one that no line breaks at.

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} est votre code de vérification {product}",
    preheader: "Votre code est {code}. Il est valable {minutes}.",
    heading: "Vérifiez l’adresse {address}",
    greeting: "Bonjour {first_name},",
    intro: "Veuillez saisir ce code lorsque {product} vous le demande\u{a0}:",
    code_life: "Le code est valable {minutes}, jusqu’au {until}.",
    button_life: "Vous pouvez aussi utiliser le bouton. Il fonctionne pendant {hours}, jusqu’au {until}.",
    link_life: "Vous pouvez aussi ouvrir ce lien. Il fonctionne pendant {hours}, jusqu’au {until}\u{a0}:",
    button: "Vérifier l’adresse e-mail",
    fallback: "Si le bouton ne fonctionne pas, ouvrez ce lien dans votre navigateur\u{a0}:",
    not_asked: "Si vous n’êtes pas à l’origine de cette demande, quelqu’un s’est sans doute trompé en saisissant sa propre adresse, et vous pouvez ignorer cet e-mail en toute tranquillité.",
    questions: "Une question\u{a0}? Écrivez à {support}.",
    formats: Formats {
        minutes: Plural::OneOther {
            one: "{n} minute",
            other: "{n} minutes",
        },
        hours: Plural::OneOther {
            one: "{n} heure",
            other: "{n} heures",
        },
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        first_day: "1er",
        moment: "{day} {month} {year} à {time} UTC",
    },
};
