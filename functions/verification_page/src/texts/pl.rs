//! Polish. Impersonal, as a reader may be a woman or a man.

use super::{Around, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Potwierdzenie adresu e-\u{2060}mail",
    ready: Around::new("Wystarczy nacisnąć przycisk, aby potwierdzić adres na potrzeby {}."),
    unexpected: "To nieoczekiwana wiadomość? Wystarczy zamknąć tę stronę i nic się nie stanie.",
    button: "Potwierdź adres e-mail",
    working: "Potwierdzanie…",
    form_intro: "Prosimy wpisać adres e-\u{2060}mail i kod z naszej wiadomości.",
    email: "Adres e-mail",
    email_hint: Around::new("Lub identyfikator użytkownika, jeśli {} go udostępnia."),
    email_error: "Prosimy wpisać adres e-\u{2060}mail, na przykład ada@example.com.",
    code: "Kod",
    code_hint: "Sześć cyfr z wiadomości.",
    code_malformed: "Prosimy wpisać sześć cyfr z wiadomości.",
    code_wrong: "Ten kod jest błędny lub już nieważny. Prosimy sprawdzić najnowszą wiadomość.",
    verified_heading: "Adres e-\u{2060}mail został potwierdzony",
    verified: Around::new("Dziękujemy! Adres {} jest potwierdzony."),
    already_heading: "Adres e-\u{2060}mail jest już potwierdzony",
    already: Around::new(
        "Adres {} został potwierdzony już wcześniej. Nie trzeba nic więcej robić.",
    ),
    go_on: Around::new("Przejdź do {}"),
    close: "Można już zamknąć tę stronę.",
    expired_heading: "Ten link wygasł",
    expired: Around::new(
        "Ze względów bezpieczeństwa link działa tylko przez ograniczony czas. Prosimy wrócić do {} i poprosić o nową wiadomość.",
    ),
    invalid_heading: "Ten link nie działa",
    invalid: "Być może brakuje jego części albo dotyczy adresu, który został już zmieniony. Prosimy otworzyć link z najnowszej wiadomości.",
    new_mail: Around::new("Można też wrócić do {} i poprosić o nową wiadomość."),
    use_code: "Wpisz kod",
    too_many_heading: "Zbyt wiele prób",
    too_many: |minutes| {
        let unit = match (minutes, minutes % 10, minutes % 100) {
            (1, _, _) => "minutę",
            (_, 2..=4, last_two) if !(12..=14).contains(&last_two) => "minuty",
            _ => "minut",
        };
        format!(
            "Ze względów bezpieczeństwa nie można teraz sprawdzić kolejnych kodów. Prosimy spróbować ponownie za {minutes} {unit}."
        )
    },
    too_many_link: "Link z wiadomości nadal działa.",
    unavailable_heading: "Tym razem się nie udało",
    unavailable: "Problem leży po naszej stronie i nic nie przepadło. Prosimy spróbować za chwilę.",
    retry: "Spróbuj ponownie",
    misfit_heading: "Coś poszło nie tak",
    misfit: "Prosimy jeszcze raz otworzyć link z wiadomości lub wpisać kod.",
    questions: Around::new("W razie pytań prosimy pisać na adres {}."),
};
