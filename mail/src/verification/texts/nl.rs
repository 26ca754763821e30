//! Dutch, with "je".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} is je verificatiecode voor {product}",
    preheader: "Je code is {code}. Hij is {minutes} geldig.",
    heading: "Bevestig {address}",
    greeting: "Hallo {first_name},",
    intro: "Vul deze code in wanneer {product} erom vraagt:",
    code_lifetime: "De code is {minutes} geldig.",
    button_lifetime: "Of gebruik de knop. Die werkt {lifetime}, tot {until}.",
    link_lifetime: "Of open deze link, die {lifetime} werkt, tot {until}:",
    button: "E-mailadres bevestigen",
    fallback: "Werkt de knop niet? Open dan deze link in je browser:",
    not_asked: "Heb je hier niet om gevraagd? Dan kun je deze e-mail gerust negeren. Waarschijnlijk heeft iemand per ongeluk jouw adres ingevuld.",
    questions: "Vragen? Mail naar {support}.",
};
