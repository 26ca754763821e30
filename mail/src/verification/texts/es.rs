//! Spanish, with "tú".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} es tu código de verificación de {product}",
    subject_without_code: "Verifica tu correo electrónico en {product}",
    preheader: "Tu código es {code}. Es válido durante {minutes}.",
    link_preheader: "El enlace de este correo es válido durante {lifetime}.",
    heading: "Verifica tu correo electrónico",
    greeting: "Hola, {first_name}:",
    intro: "Escribe este código cuando {product} te lo pida:",
    code_lifetime: "El código es válido durante {minutes}.",
    code_lifetime_until: "El código es válido durante {minutes}, hasta el {until}.",
    keep_secret: "No compartas este código con nadie.",
    or_button: "También puedes usar el botón.",
    link_lifetime: "También puedes abrir este enlace, válido durante {lifetime}, hasta el {until}:",
    only_button: "Usa el botón para verificar tu correo electrónico en {product}.",
    only_link: "Para verificar tu correo electrónico en {product}, abre este enlace, válido durante {lifetime}, hasta el {until}:",
    button: "Verificar correo",
    button_lifetime: "El enlace funciona durante {lifetime}, hasta el {until}.",
    fallback: "Si el botón no funciona, abre este enlace en tu navegador:",
    not_asked: "Si no has pedido este correo, puedes ignorarlo sin problema. Seguramente alguien escribió tu dirección por error.",
    refuse: "Yo no he pedido este correo",
    questions: "¿Tienes alguna pregunta? Escríbenos a {support}.",
};
