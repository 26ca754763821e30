//! Polish, in the second person, but without its past tense, which tells women from men.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Twój adres e-mail w serwisie {product} został zmieniony",
    changed: "Twój adres {address} w serwisie {product} został zastąpiony innym ({at}).",
    was_you: "Jeśli ta zmiana pochodzi od Ciebie, nie musisz nic więcej robić.",
    not_you: "Jeśli nie, napisz jak najszybciej na adres {support}.",
    not_you_without_address: "Jeśli nie, jak najszybciej skontaktuj się z serwisem {product}.",
};
