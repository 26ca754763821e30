//! Italian, with "tu".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} è il tuo codice di verifica per {product}",
    subject_without_code: "Verifica il tuo indirizzo e-mail per {product}",
    preheader: "Il tuo codice è {code}. È valido per {minutes}.",
    link_preheader: "Il link in questa e-mail scade tra {lifetime}.",
    heading: "Verifica il tuo indirizzo e-mail",
    greeting: "Ciao {first_name},",
    intro: "Inserisci questo codice quando {product} te lo chiede:",
    // "Fino al" would have to become "fino all’" on the 8th and the 11th, so a colon stands in its
    // place.
    code_lifetime: "Il codice scade tra {minutes}.",
    code_lifetime_until: "Il codice scade tra {minutes} ({until}).",
    keep_secret: "Non comunicare questo codice a nessuno.",
    or_button: "Oppure usa il pulsante.",
    link_lifetime: "Oppure apri questo link, che scade tra {lifetime} ({until}):",
    only_button: "Usa il pulsante per verificare il tuo indirizzo e-mail per {product}.",
    only_link: "Per verificare il tuo indirizzo e-mail per {product}, apri questo link, che scade tra {lifetime} ({until}):",
    button: "Verifica indirizzo e-mail",
    button_lifetime: "Il link scade tra {lifetime} ({until}).",
    fallback: "Se il pulsante non funziona, apri questo link nel browser:",
    not_asked: "Se non hai richiesto questa e-mail, puoi ignorarla senza problemi. Probabilmente qualcuno ha inserito il tuo indirizzo per errore.",
    refuse: "Non l’ho richiesto io",
    questions: "Hai domande? Scrivici a {support}.",
};
