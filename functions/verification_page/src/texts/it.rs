//! Italian, with "tu".

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Verifica il tuo indirizzo e-\u{2060}mail",
    ready: "Premi il pulsante per verificare il tuo indirizzo e-\u{2060}mail su {product}.",
    unexpected: "Non te lo aspettavi? Chiudi semplicemente questa pagina: non cambierà nulla.",
    button: "Verifica indirizzo e-mail",
    working: "Verifica in corso…",
    form_intro: "Inserisci il codice che ti abbiamo inviato via e-\u{2060}mail.",
    open_link: "Apri il link nell’e-\u{2060}mail oppure torna su {product} e inserisci lì il codice.",
    open_link_again: "Apri il link nell’e-\u{2060}mail oppure torna su {product} e richiedi una nuova e-\u{2060}mail.",
    code: "Codice",
    code_hint: "Le sei cifre riportate nell’e-\u{2060}mail.",
    code_malformed: "Inserisci le sei cifre riportate nell’e-\u{2060}mail.",
    code_wrong: "Il codice è errato o non è più valido. Usa quello nell’e-\u{2060}mail più recente.",
    code_expired: "Questo codice è scaduto. Usa quello nell’e-\u{2060}mail più recente.",
    verified_heading: "Il tuo indirizzo e-\u{2060}mail è verificato",
    verified: "Grazie! L’indirizzo {address} è verificato.",
    already_heading: "Il tuo indirizzo e-\u{2060}mail è già verificato",
    already: "L’indirizzo {address} è già stato verificato. Non devi fare altro.",
    go_on: "Continua su {product}",
    close: "Ora puoi chiudere questa pagina.",
    expired_heading: "Questo link è scaduto",
    expired: "Per la tua sicurezza, i link funzionano solo per un tempo limitato. Torna su {product} e richiedi una nuova e-\u{2060}mail.",
    invalid_heading: "Questo link non funziona",
    invalid: "Forse ne manca una parte, oppure il tuo indirizzo è cambiato dopo l’invio. Apri il link nell’e-\u{2060}mail più recente.",
    new_mail: "Oppure torna su {product} e richiedi una nuova e-\u{2060}mail.",
    use_code: "Inserisci il codice",
    too_many_heading: "Troppi tentativi",
    too_many: "Per la tua sicurezza, al momento non puoi provare altri codici. Riprova tra {wait}.",
    wait: Plural::OneOther {
        one: "un minuto",
        other: "{n} minuti",
    },
    too_many_link: "Il link nell’e-\u{2060}mail funziona ancora.",
    unavailable_heading: "Operazione non riuscita",
    unavailable: "Il problema potrebbe dipendere da noi o dalla tua connessione. Nulla è andato perso. Riprova tra un attimo.",
    retry: "Riprova",
    bad_request_heading: "Qualcosa è andato storto",
    questions: "Hai domande? Scrivici a {support}.",
};
