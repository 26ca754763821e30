//! German, with "Sie".

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Ihre E-\u{2060}Mail-\u{2060}Adresse bestätigen",
    ready: "Klicken Sie auf die Schaltfläche, um Ihre Adresse für {product} zu bestätigen.",
    unexpected: "Sie haben das nicht erwartet? Dann schließen Sie einfach diese Seite. Es ändert sich nichts.",
    button: "E-Mail-Adresse bestätigen",
    working: "Wird bestätigt …",
    form_intro: "Bitte geben Sie den Code aus unserer E-\u{2060}Mail ein.",
    open_link: "Bitte öffnen Sie den Link in der E-\u{2060}Mail, oder kehren Sie zu {product} zurück und geben Sie dort den Code ein.",
    open_link_again: "Bitte öffnen Sie den Link in der E-\u{2060}Mail, oder kehren Sie zu {product} zurück und fordern Sie eine neue E-\u{2060}Mail an.",
    code: "Code",
    code_hint: "Die sechs Ziffern aus der E-\u{2060}Mail.",
    code_malformed: "Bitte geben Sie die sechs Ziffern aus der E-\u{2060}Mail ein.",
    code_wrong: "Dieser Code ist falsch oder gilt nicht mehr. Bitte sehen Sie in der neuesten E-\u{2060}Mail nach.",
    code_expired: "Dieser Code ist abgelaufen. Bitte verwenden Sie den Code aus der neuesten E-\u{2060}Mail.",
    verified_heading: "Ihre E-\u{2060}Mail-\u{2060}Adresse ist bestätigt",
    verified: "Vielen Dank! {address} ist bestätigt.",
    already_heading: "Ihre E-\u{2060}Mail-\u{2060}Adresse ist bereits bestätigt",
    already: "{address} wurde schon bestätigt. Sie müssen nichts weiter tun.",
    go_on: "Weiter zu {product}",
    close: "Sie können diese Seite jetzt schließen.",
    expired_heading: "Dieser Link ist abgelaufen",
    expired: "Zu Ihrer Sicherheit gilt ein Link nur für begrenzte Zeit. Bitte kehren Sie zu {product} zurück und fordern Sie eine neue E-\u{2060}Mail an.",
    invalid_heading: "Dieser Link funktioniert nicht",
    invalid: "Vielleicht fehlt ein Teil davon, oder er gehört zu einer Adresse, die inzwischen geändert wurde. Bitte öffnen Sie den Link in der neuesten E-\u{2060}Mail.",
    new_mail: "Oder kehren Sie zu {product} zurück und fordern Sie eine neue E-\u{2060}Mail an.",
    use_code: "Stattdessen den Code eingeben",
    too_many_heading: "Zu viele Versuche",
    too_many: "Zu Ihrer Sicherheit können Sie im Moment keine weiteren Codes eingeben. Bitte versuchen Sie es in {wait} noch einmal.",
    wait: Plural::OneOther {
        one: "einer Minute",
        other: "{n} Minuten",
    },
    too_many_link: "Der Link in der E-\u{2060}Mail funktioniert weiterhin.",
    unavailable_heading: "Das hat gerade nicht geklappt",
    unavailable: "Vielleicht liegt es an uns, vielleicht an Ihrer Internetverbindung. Es ist nichts verloren. Bitte versuchen Sie es gleich noch einmal.",
    retry: "Erneut versuchen",
    bad_request_heading: "Etwas ist schiefgegangen",
    questions: "Fragen? Schreiben Sie an {support}.",
};
