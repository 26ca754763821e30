//! French, with "vous". The space before a colon, a question mark or an exclamation mark is one
//! that no line breaks at.

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Confirmez votre adresse e-\u{2060}mail",
    ready: "Cliquez sur le bouton et confirmez votre adresse e-\u{2060}mail pour {product}.",
    unexpected: "Vous n’attendiez pas ce message\u{a0}? Fermez simplement cette page\u{a0}: rien ne changera.",
    button: "Confirmer l’adresse e-mail",
    working: "Confirmation…",
    form_intro: "Saisissez le code que nous vous avons envoyé par e-\u{2060}mail.",
    open_link: "Ouvrez le lien de l’e-\u{2060}mail, ou retournez sur {product} et saisissez-y le code.",
    open_link_again: "Ouvrez le lien de l’e-\u{2060}mail, ou retournez sur {product} et demandez un nouvel e-\u{2060}mail.",
    code: "Code",
    code_hint: "Les six chiffres figurant dans l’e-\u{2060}mail.",
    code_malformed: "Veuillez saisir les six chiffres figurant dans l’e-\u{2060}mail.",
    code_wrong: "Ce code est incorrect ou n’est plus valable. Veuillez consulter l’e-\u{2060}mail le plus récent.",
    code_expired: "Ce code a expiré. Veuillez utiliser celui de l’e-\u{2060}mail le plus récent.",
    verified_heading: "Votre adresse e-\u{2060}mail est confirmée",
    verified: "Merci\u{a0}! L’adresse {address} est confirmée.",
    already_heading: "Votre adresse e-\u{2060}mail est déjà confirmée",
    already: "L’adresse {address} a déjà été confirmée. Vous n’avez plus rien à faire.",
    go_on: "Continuer vers {product}",
    close: "Vous pouvez maintenant fermer cette page. Si vous avez encore {product} dans un autre onglet, vous pouvez y retourner.",
    expired_heading: "Ce lien a expiré",
    expired: "Pour votre sécurité, les liens ne sont valables que pendant une durée limitée. Veuillez retourner sur {product} et demander un nouvel e-\u{2060}mail.",
    invalid_heading: "Ce lien ne fonctionne pas",
    invalid: "Il en manque peut-être une partie, ou il correspond à une adresse qui a changé depuis. Veuillez ouvrir le lien de l’e-\u{2060}mail le plus récent.",
    new_mail: "Ou retournez sur {product} et demandez un nouvel e-\u{2060}mail.",
    use_code: "Saisir plutôt le code",
    too_many_heading: "Trop de tentatives",
    too_many: "Pour votre sécurité, vous ne pouvez plus essayer de code pour le moment. Veuillez réessayer dans {wait}.",
    wait: Plural::OneOther {
        one: "une minute",
        other: "{n} minutes",
    },
    too_many_link: "Vous pouvez encore utiliser le lien reçu par e-\u{2060}mail.",
    unavailable_heading: "L’opération n’a pas abouti",
    unavailable: "Le problème vient sans doute de notre côté. Rien n’est perdu. Veuillez réessayer dans un instant.",
    retry: "Réessayer",
    offline_heading: "Pas de connexion",
    offline: "Rien n’est perdu. Veuillez vérifier votre connexion et réessayer.",
    bad_request_heading: "Un problème est survenu",
    questions: "Une question\u{a0}? Écrivez à {support}.",
};
