//! German, with "Sie".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} ist Ihr Bestätigungscode für {product}",
    subject_without_code: "Ihre E-Mail-Adresse für {product} bestätigen",
    preheader: "Ihr Code lautet {code}. Er gilt {minutes} lang.",
    link_preheader: "Der Link in dieser E-Mail gilt {lifetime} lang.",
    heading: "Ihre E-Mail-Adresse bestätigen",
    // With an exclamation mark, as after a comma the next paragraph would have to begin in lower
    // case.
    greeting: "Guten Tag, {first_name}!",
    intro: "Bitte geben Sie diesen Code ein, wenn {product} danach fragt:",
    code_lifetime: "Der Code gilt {minutes} lang.",
    code_lifetime_until: "Der Code gilt {minutes} lang, bis zum {until}.",
    keep_secret: "Bitte geben Sie diesen Code an niemanden weiter.",
    or_button: "Oder klicken Sie auf die Schaltfläche.",
    link_lifetime: "Oder öffnen Sie diesen Link, der {lifetime} lang gilt, bis zum {until}:",
    only_button: "Klicken Sie auf die Schaltfläche, um Ihre E-Mail-Adresse für {product} zu bestätigen.",
    only_link: "Um Ihre E-Mail-Adresse für {product} zu bestätigen, öffnen Sie bitte diesen Link, der {lifetime} lang gilt, bis zum {until}:",
    button: "E-Mail-Adresse bestätigen",
    button_lifetime: "Der Link gilt {lifetime} lang, bis zum {until}.",
    fallback: "Falls die Schaltfläche nicht funktioniert, öffnen Sie bitte diesen Link im Browser:",
    not_asked: "Falls Sie das nicht angefordert haben, können Sie diese E-Mail einfach ignorieren. Vermutlich hat jemand aus Versehen Ihre Adresse eingegeben.",
    refuse: "Ich habe das nicht angefordert",
    questions: "Fragen? Schreiben Sie an {support}.",
};
