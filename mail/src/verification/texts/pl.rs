//! Polish, in the second person, but without its past tense, which tells women from men. Lives are
//! in the accusative, months in the genitive.

use super::Texts;
use crate::formats::Formats;
use crate::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} to Twój kod weryfikacyjny {product}",
    preheader: "Twój kod to {code}. Jest ważny przez {minutes}.",
    heading: "Potwierdź adres {address}",
    greeting: "Cześć, {first_name}!",
    intro: "Wpisz ten kod, gdy {product} o niego poprosi:",
    code_life: "Kod jest ważny przez {minutes}.",
    button_life: "Możesz też użyć przycisku. Działa przez {life}, do {until}.",
    link_life: "Możesz też otworzyć ten link, który działa przez {life}, do {until}:",
    button: "Potwierdź adres e-mail",
    fallback: "Jeśli przycisk nie działa, otwórz ten link w przeglądarce:",
    not_asked: "Jeśli ta prośba nie pochodzi od Ciebie, możesz spokojnie zignorować tę wiadomość. Prawdopodobnie ktoś przez pomyłkę wpisał Twój adres.",
    questions: "Masz pytania? Napisz na adres {support}.",
    formats: Formats {
        minutes: Plural::OneFewMany {
            one: "{n}\u{a0}minutę",
            few: "{n}\u{a0}minuty",
            many: "{n}\u{a0}minut",
        },
        hours: Plural::OneFewMany {
            one: "{n}\u{a0}godzinę",
            few: "{n}\u{a0}godziny",
            many: "{n}\u{a0}godzin",
        },
        days: Plural::OneFewMany {
            one: "{n}\u{a0}dzień",
            few: "{n}\u{a0}dni",
            many: "{n}\u{a0}dni",
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
        moment: "{day}\u{a0}{month} {year}\u{a0}r., godz.\u{a0}{time}\u{a0}UTC",
    },
};
