//! Polish, which says neither "ty" nor "Państwo" here. Lives are in the accusative, months in the genitive.

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} to kod weryfikacyjny {product}",
    preheader: "Kod: {code}. Jest ważny przez {minutes}.",
    heading: "Potwierdzenie adresu {address}",
    greeting: "Dzień dobry, {first_name}!",
    intro: "Prosimy wpisać ten kod, gdy {product} o niego poprosi:",
    code_life: "Kod jest ważny przez {minutes}, do {until}.",
    button_life: "Można też użyć przycisku. Działa on przez {hours}, do {until}.",
    link_life: "Można też otworzyć ten link. Działa on przez {hours}, do {until}:",
    button: "Potwierdź adres e-mail",
    fallback: "Jeśli przycisk nie działa, prosimy otworzyć ten link w przeglądarce:",
    not_asked: "Jeśli ta wiadomość jest nieoczekiwana, ktoś prawdopodobnie pomylił się, wpisując własny adres, i można ją spokojnie zignorować.",
    questions: "W razie pytań prosimy pisać na adres {support}.",
    formats: Formats {
        minutes: Plural::OneFewMany {
            one: "{n} minutę",
            few: "{n} minuty",
            many: "{n} minut",
        },
        hours: Plural::OneFewMany {
            one: "{n} godzinę",
            few: "{n} godziny",
            many: "{n} godzin",
        },
        months: [
            "stycznia",
            "lutego",
            "marca",
            "kwietnia",
            "maja",
            "czerwca",
            "lipca",
            "sierpnia",
            "września",
            "października",
            "listopada",
            "grudnia",
        ],
        first_day: "1",
        moment: "{day} {month} {year} r., godz. {time} UTC",
    },
};
