//! Polish. In the second person, but not in its past tense: a reader may be a woman or a man.

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Potwierdź swój adres e-\u{2060}mail",
    ready: Phrase::new(
        "Naciśnij przycisk, aby potwierdzić swój adres e-\u{2060}mail w serwisie {}.",
    ),
    unexpected: "Nic o tym nie wiesz? Po prostu zamknij tę stronę. Nic się nie zmieni.",
    button: "Potwierdź adres e-mail",
    working: "Potwierdzanie…",
    form_intro: "Wpisz kod z naszej wiadomości.",
    open_link: Phrase::new("Otwórz link z wiadomości lub wróć do serwisu {} i wpisz tam kod."),
    code: "Kod",
    code_hint: "Sześć cyfr z wiadomości.",
    code_malformed: "Wpisz sześć cyfr z wiadomości.",
    code_wrong: "Ten kod jest nieprawidłowy lub stracił ważność. Sprawdź najnowszą wiadomość.",
    code_expired: "Ten kod stracił ważność. Użyj kodu z najnowszej wiadomości.",
    verified_heading: "Adres e-\u{2060}mail został potwierdzony",
    verified: Phrase::new("Dziękujemy! Adres {} jest potwierdzony."),
    already_heading: "Adres e-\u{2060}mail jest już potwierdzony",
    already: Phrase::new(
        "Adres {} został potwierdzony już wcześniej. Nie musisz nic więcej robić.",
    ),
    go_on: Phrase::new("Przejdź do {}"),
    close: "Możesz już zamknąć tę stronę.",
    expired_heading: "Ten link wygasł",
    expired: Phrase::new(
        "Ze względów bezpieczeństwa link działa tylko przez ograniczony czas. Wróć do serwisu {} i poproś o nową wiadomość.",
    ),
    invalid_heading: "Ten link nie działa",
    invalid: "Być może brakuje jego części albo Twój adres zmienił się po wysłaniu. Otwórz link z najnowszej wiadomości.",
    new_mail: Phrase::new("Możesz też wrócić do serwisu {} i poprosić o nową wiadomość."),
    use_code: "Wpisz kod",
    too_many_heading: "Zbyt wiele prób",
    too_many: |minutes| {
        let wait = match (minutes, minutes % 10, minutes % 100) {
            (1, _, _) => "minutę".to_owned(),
            (_, 2..=4, last_two) if !(12..=14).contains(&last_two) => format!("{minutes} minuty"),
            _ => format!("{minutes} minut"),
        };
        format!(
            "Ze względów bezpieczeństwa nie możesz teraz wpisać kolejnych kodów. Spróbuj ponownie za {wait}."
        )
    },
    too_many_link: "Link z wiadomości nadal działa.",
    unavailable_heading: "Tym razem się nie udało",
    unavailable: "Problem może leżeć po naszej stronie lub wynikać z połączenia z internetem. Nic nie przepadło. Spróbuj ponownie za chwilę.",
    retry: "Spróbuj ponownie",
    bad_request_heading: "Coś poszło nie tak",
    questions: Phrase::new("Masz pytania? Napisz na adres {}."),
};
