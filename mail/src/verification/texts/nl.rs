//! Dutch, with "je".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is je verificatiecode voor {product}",
    subject_without_code: "Bevestig je e-mailadres voor {product}",
    preheader: "Je code is {code}. Hij is {minutes} geldig.",
    link_preheader: "De link in deze e-mail werkt {lifetime}.",
    heading: "Bevestig je e-mailadres",
    greeting: "Hallo {first_name},",
    intro: "Vul deze code in wanneer {product} erom vraagt:",
    code_lifetime: "De code is {minutes} geldig.",
    code_lifetime_until: "De code is {minutes} geldig, tot {until}.",
    keep_secret: "Geef deze code aan niemand door.",
    or_button: "Of gebruik de knop.",
    link_lifetime: "Of open deze link, die {lifetime} werkt, tot {until}:",
    only_button: "Gebruik de knop om je e-mailadres voor {product} te bevestigen.",
    only_link: "Open deze link om je e-mailadres voor {product} te bevestigen. Hij werkt {lifetime}, tot {until}:",
    button: "E-mailadres bevestigen",
    button_lifetime: "De link werkt {lifetime}, tot {until}.",
    fallback: "Werkt de knop niet? Open dan deze link in je browser:",
    not_asked: "Heb je hier niet om gevraagd? Dan kun je deze e-mail gerust negeren. Waarschijnlijk heeft iemand per ongeluk jouw adres ingevuld.",
    refuse: "Ik heb hier niet om gevraagd",
    questions: "Vragen? Mail naar {support}.",
};
