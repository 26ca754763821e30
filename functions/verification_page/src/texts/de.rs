//! German, with "Sie".

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Ihre E-\u{2060}Mail-\u{2060}Adresse bestätigen",
    ready: Phrase::new("Klicken Sie auf die Schaltfläche, um Ihre Adresse für {} zu bestätigen."),
    unexpected: "Sie haben das nicht erwartet? Dann schließen Sie einfach diese Seite. Es ändert sich nichts.",
    button: "E-Mail-Adresse bestätigen",
    working: "Wird bestätigt …",
    form_intro: "Bitte geben Sie den Code aus unserer E-\u{2060}Mail ein.",
    open_link: Phrase::new(
        "Bitte öffnen Sie den Link in der E-\u{2060}Mail, oder kehren Sie zu {} zurück und geben Sie dort den Code ein.",
    ),
    code: "Code",
    code_hint: "Die sechs Ziffern aus der E-\u{2060}Mail.",
    code_malformed: "Bitte geben Sie die sechs Ziffern aus der E-\u{2060}Mail ein.",
    code_wrong: "Dieser Code ist falsch oder gilt nicht mehr. Bitte sehen Sie in der neuesten E-\u{2060}Mail nach.",
    code_expired: "Dieser Code ist abgelaufen. Bitte verwenden Sie den Code aus der neuesten E-\u{2060}Mail.",
    verified_heading: "Ihre E-\u{2060}Mail-\u{2060}Adresse ist bestätigt",
    verified: Phrase::new("Vielen Dank! {} ist bestätigt."),
    already_heading: "Ihre E-\u{2060}Mail-\u{2060}Adresse ist bereits bestätigt",
    already: Phrase::new("{} wurde schon bestätigt. Sie müssen nichts weiter tun."),
    go_on: Phrase::new("Weiter zu {}"),
    close: "Sie können diese Seite jetzt schließen.",
    expired_heading: "Dieser Link ist abgelaufen",
    expired: Phrase::new(
        "Zu Ihrer Sicherheit gilt ein Link nur für begrenzte Zeit. Bitte kehren Sie zu {} zurück und fordern Sie eine neue E-\u{2060}Mail an.",
    ),
    invalid_heading: "Dieser Link funktioniert nicht",
    invalid: "Vielleicht fehlt ein Teil davon, oder er gehört zu einer Adresse, die inzwischen geändert wurde. Bitte öffnen Sie den Link in der neuesten E-\u{2060}Mail.",
    new_mail: Phrase::new(
        "Oder kehren Sie zu {} zurück und fordern Sie eine neue E-\u{2060}Mail an.",
    ),
    use_code: "Stattdessen den Code eingeben",
    too_many_heading: "Zu viele Versuche",
    too_many: |minutes| {
        match minutes {
        1 => "Zu Ihrer Sicherheit können Sie im Moment keine weiteren Codes eingeben. Bitte versuchen Sie es in einer Minute noch einmal.".to_owned(),
        _ => format!("Zu Ihrer Sicherheit können Sie im Moment keine weiteren Codes eingeben. Bitte versuchen Sie es in {minutes} Minuten noch einmal."),
    }
    },
    too_many_link: "Der Link in der E-\u{2060}Mail funktioniert weiterhin.",
    unavailable_heading: "Das hat gerade nicht geklappt",
    unavailable: "Vielleicht liegt es an uns, vielleicht an Ihrer Internetverbindung. Es ist nichts verloren. Bitte versuchen Sie es gleich noch einmal.",
    retry: "Erneut versuchen",
    bad_request_heading: "Etwas ist schiefgegangen",
    questions: Phrase::new("Fragen? Schreiben Sie an {}."),
};
