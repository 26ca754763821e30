//! Polish. In the second person, but not in its past tense: a reader may be a woman or a man.

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Potwierdź swój adres e-\u{2060}mail",
    ready: "Naciśnij przycisk, aby potwierdzić swój adres e-\u{2060}mail w serwisie {product}.",
    unexpected: "Nic o tym nie wiesz? Po prostu zamknij tę stronę. Nic się nie zmieni.",
    button: "Potwierdź adres e-mail",
    working: "Potwierdzanie…",
    form_intro: "Wpisz kod z naszej wiadomości.",
    open_link: "Otwórz link z wiadomości lub wróć do serwisu {product} i wpisz tam kod.",
    code: "Kod",
    code_hint: "Sześć cyfr z wiadomości.",
    code_malformed: "Wpisz sześć cyfr z wiadomości.",
    code_wrong: "Ten kod jest nieprawidłowy lub stracił ważność. Sprawdź najnowszą wiadomość.",
    code_expired: "Ten kod stracił ważność. Użyj kodu z najnowszej wiadomości.",
    verified_heading: "Adres e-\u{2060}mail został potwierdzony",
    verified: "Dziękujemy! Adres {address} jest potwierdzony.",
    already_heading: "Adres e-\u{2060}mail jest już potwierdzony",
    already: "Adres {address} został potwierdzony już wcześniej. Nie musisz nic więcej robić.",
    go_on: "Przejdź do {product}",
    close: "Możesz już zamknąć tę stronę.",
    expired_heading: "Ten link wygasł",
    expired: "Ze względów bezpieczeństwa link działa tylko przez ograniczony czas. Wróć do serwisu {product} i poproś o nową wiadomość.",
    invalid_heading: "Ten link nie działa",
    invalid: "Być może brakuje jego części albo Twój adres zmienił się po wysłaniu. Otwórz link z najnowszej wiadomości.",
    new_mail: "Możesz też wrócić do serwisu {product} i poprosić o nową wiadomość.",
    use_code: "Wpisz kod",
    too_many_heading: "Zbyt wiele prób",
    too_many: "Ze względów bezpieczeństwa nie możesz teraz wpisać kolejnych kodów. Spróbuj ponownie za {wait}.",
    wait: Plural::OneFewMany {
        one: "minutę",
        few: "{n} minuty",
        many: "{n} minut",
    },
    too_many_link: "Link z wiadomości nadal działa.",
    unavailable_heading: "Tym razem się nie udało",
    unavailable: "Problem może leżeć po naszej stronie lub wynikać z połączenia z internetem. Nic nie przepadło. Spróbuj ponownie za chwilę.",
    retry: "Spróbuj ponownie",
    bad_request_heading: "Coś poszło nie tak",
    questions: "Masz pytania? Napisz na adres {support}.",
};
