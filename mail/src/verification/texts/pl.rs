//! Polish, in the second person, but without its past tense, which tells women from men.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} to Twój kod weryfikacyjny {product}",
    subject_without_code: "Potwierdź swój adres e-mail w serwisie {product}",
    preheader: "Twój kod to {code}. Jest ważny przez {minutes}.",
    link_preheader: "Link w tej wiadomości działa przez {lifetime}.",
    heading: "Potwierdź swój adres e-mail",
    greeting: "Cześć, {first_name}!",
    intro: "Wpisz ten kod, gdy {product} o niego poprosi:",
    code_lifetime: "Kod jest ważny przez {minutes}.",
    code_lifetime_until: "Kod jest ważny przez {minutes}, do {until}.",
    keep_secret: "Nie podawaj tego kodu nikomu.",
    or_button: "Możesz też użyć przycisku.",
    link_lifetime: "Możesz też otworzyć ten link, który działa przez {lifetime}, do {until}:",
    only_button: "Użyj przycisku, aby potwierdzić swój adres e-mail w serwisie {product}.",
    only_link: "Aby potwierdzić swój adres e-mail w serwisie {product}, otwórz ten link, który działa przez {lifetime}, do {until}:",
    button: "Potwierdź adres e-mail",
    button_lifetime: "Przycisk działa przez {lifetime}, do {until}.",
    fallback: "Jeśli przycisk nie działa, otwórz ten link w przeglądarce:",
    not_asked: "Jeśli ta prośba nie pochodzi od Ciebie, możesz spokojnie zignorować tę wiadomość. Prawdopodobnie ktoś przez pomyłkę wpisał Twój adres.",
    refuse: "To nie moja prośba",
    questions: "Masz pytania? Napisz na adres {support}.",
};
