//! Polish, in the second person, but without its past tense, which tells women from men.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "Prośba o zmianę Twojego adresu e-mail w serwisie {product}",
    requested: "Wpłynęła prośba o zastąpienie Twojego adresu {address} w serwisie {product} innym ({at}). Nic się nie zmieni, dopóki tamten adres nie zostanie potwierdzony.",
    was_you: "Jeśli ta prośba pochodzi od Ciebie, nie musisz tu nic robić.",
    not_you: "Jeśli nie, napisz jak najszybciej na adres {support}.",
    not_you_without_address: "Jeśli nie, jak najszybciej skontaktuj się z serwisem {product}.",
};
