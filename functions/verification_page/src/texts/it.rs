//! Italian, with "Lei".

use super::{Around, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Verifichi il Suo indirizzo e-\u{2060}mail",
    ready: Around::new("Prema il pulsante per verificare il Suo indirizzo per {}."),
    unexpected: "Non se lo aspettava? Chiuda semplicemente questa pagina e non succederà nulla.",
    button: "Verifica indirizzo e-mail",
    working: "Verifica in corso…",
    form_intro: "Inserisca il Suo indirizzo e-\u{2060}mail e il codice riportato nella nostra e-\u{2060}mail.",
    email: "Indirizzo e-mail",
    email_hint: Around::new("Oppure il Suo ID utente, se {} gliene ha comunicato uno."),
    email_error: "Inserisca un indirizzo e-\u{2060}mail, ad esempio ada@example.com.",
    code: "Codice",
    code_hint: "Le sei cifre riportate nell’e-\u{2060}mail.",
    code_malformed: "Inserisca le sei cifre riportate nell’e-\u{2060}mail.",
    code_wrong: "Il codice è errato o non è più valido. Controlli l’e-\u{2060}mail più recente.",
    verified_heading: "Il Suo indirizzo e-\u{2060}mail è verificato",
    verified: Around::new("Grazie! L’indirizzo {} è verificato."),
    already_heading: "Il Suo indirizzo e-\u{2060}mail è già verificato",
    already: Around::new("L’indirizzo {} è già stato verificato. Non occorre fare altro."),
    go_on: Around::new("Continua su {}"),
    close: "Ora può chiudere questa pagina.",
    expired_heading: "Questo link è scaduto",
    expired: Around::new(
        "Per la Sua sicurezza, i link funzionano solo per un tempo limitato. Torni su {} e richieda una nuova e-\u{2060}mail.",
    ),
    invalid_heading: "Questo link non funziona",
    invalid: "Forse ne manca una parte, oppure appartiene a un indirizzo che nel frattempo è stato cambiato. Apra il link nell’e-\u{2060}mail più recente.",
    new_mail: Around::new("Oppure torni su {} e richieda una nuova e-\u{2060}mail."),
    use_code: "Inserisci invece il codice",
    too_many_heading: "Troppi tentativi",
    too_many: |minutes| {
        match minutes {
        1 => "Per la Sua sicurezza, al momento non è possibile provare altri codici. Riprovi tra un minuto.".to_owned(),
        _ => format!("Per la Sua sicurezza, al momento non è possibile provare altri codici. Riprovi tra {minutes} minuti."),
    }
    },
    too_many_link: "Il link nell’e-\u{2060}mail funziona ancora.",
    unavailable_heading: "In questo momento non ha funzionato",
    unavailable: "Il problema è nostro e nulla è andato perso. Riprovi tra un attimo.",
    retry: "Riprova",
    misfit_heading: "Qualcosa è andato storto",
    misfit: "Apra di nuovo il link nell’e-\u{2060}mail oppure inserisca il codice.",
    questions: Around::new("Ha domande? Scriva a {}."),
};
