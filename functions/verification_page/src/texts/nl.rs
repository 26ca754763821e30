//! Dutch, with "je".

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Bevestig je e-\u{2060}mailadres",
    ready: "Klik op de knop om je e-\u{2060}mailadres voor {product} te bevestigen.",
    unexpected: "Had je dit niet verwacht? Sluit deze pagina dan gewoon. Er verandert niets.",
    button: "E-mailadres bevestigen",
    working: "Bezig met bevestigen…",
    form_intro: "Vul de code uit onze e-\u{2060}mail in.",
    open_link: "Open de link in de e-\u{2060}mail, of ga terug naar {product} en vul daar de code in.",
    open_link_again: "Open de link in de e-\u{2060}mail, of ga terug naar {product} en vraag een nieuwe e-\u{2060}mail aan.",
    code: "Code",
    code_hint: "De zes cijfers in de e-\u{2060}mail.",
    code_malformed: "Vul de zes cijfers uit de e-\u{2060}mail in.",
    code_wrong: "Deze code is onjuist of niet meer geldig. Kijk in de nieuwste e-\u{2060}mail.",
    code_expired: "Deze code is verlopen. Gebruik de code uit de nieuwste e-\u{2060}mail.",
    verified_heading: "Je e-\u{2060}mailadres is bevestigd",
    verified: "Bedankt! {address} is bevestigd.",
    already_heading: "Je e-\u{2060}mailadres is al bevestigd",
    already: "{address} is al eerder bevestigd. Je hoeft niets meer te doen.",
    go_on: "Verder naar {product}",
    close: "Je kunt deze pagina nu sluiten.",
    expired_heading: "Deze link is verlopen",
    expired: "Voor je veiligheid werkt een link maar beperkte tijd. Ga terug naar {product} en vraag een nieuwe e-\u{2060}mail aan.",
    invalid_heading: "Deze link werkt niet",
    invalid: "Misschien ontbreekt er een deel, of hoort de link bij een adres dat intussen is gewijzigd. Open de link in de nieuwste e-\u{2060}mail.",
    new_mail: "Of ga terug naar {product} en vraag een nieuwe e-\u{2060}mail aan.",
    use_code: "Liever de code invullen",
    too_many_heading: "Te veel pogingen",
    too_many: "Voor je veiligheid kun je nu geen codes meer proberen. Probeer het over {wait} opnieuw.",
    wait: Plural::OneOther {
        one: "een minuut",
        other: "{n} minuten",
    },
    too_many_link: "De link in de e-\u{2060}mail werkt nog wel.",
    unavailable_heading: "Dat is nu even niet gelukt",
    unavailable: "Het ligt misschien aan ons, of aan je verbinding. Er is niets verloren gegaan. Probeer het zo meteen opnieuw.",
    retry: "Opnieuw proberen",
    bad_request_heading: "Er is iets misgegaan",
    questions: "Vragen? Mail naar {support}.",
};
