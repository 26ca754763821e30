//! French, with "vous". The space before a colon or a question mark is one that no line breaks at.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} est votre code de vérification {product}",
    subject_without_code: "Confirmez votre adresse e-mail pour {product}",
    preheader: "Votre code est {code}. Il est valable {minutes}.",
    link_preheader: "Le lien de cet e-mail est valable {lifetime}.",
    heading: "Confirmez votre adresse e-mail",
    greeting: "Bonjour {first_name},",
    intro: "Saisissez ce code lorsque {product} vous le demande\u{a0}:",
    code_lifetime: "Le code est valable {minutes}.",
    code_lifetime_until: "Le code est valable {minutes}, jusqu’au {until}.",
    keep_secret: "Ne communiquez ce code à personne.",
    or_button: "Vous pouvez aussi utiliser le bouton.",
    link_lifetime: "Vous pouvez aussi ouvrir ce lien, valable {lifetime}, jusqu’au {until}\u{a0}:",
    only_button: "Utilisez le bouton pour confirmer votre adresse e-mail pour {product}.",
    only_link: "Pour confirmer votre adresse e-mail pour {product}, ouvrez ce lien, valable {lifetime}, jusqu’au {until}\u{a0}:",
    button: "Confirmer l’adresse e-mail",
    button_lifetime: "Le lien est valable {lifetime}, jusqu’au {until}.",
    fallback: "Si le bouton ne fonctionne pas, ouvrez ce lien dans votre navigateur\u{a0}:",
    not_asked: "Si vous n’êtes pas à l’origine de cette demande, vous pouvez ignorer cet e-mail en toute tranquillité. Quelqu’un a sans doute saisi votre adresse par erreur.",
    refuse: "Je n’ai rien demandé",
    questions: "Une question\u{a0}? Écrivez à {support}.",
};
