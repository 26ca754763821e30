//! Spanish, with "tú".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} es tu código de verificación de {product}",
    preheader: "Tu código es {code}. Es válido durante {minutes}.",
    heading: "Verifica la dirección {address}",
    greeting: "Hola, {first_name}:",
    intro: "Escribe este código cuando {product} te lo pida:",
    code_lifetime: "El código es válido durante {minutes}.",
    button_lifetime: "También puedes usar el botón. Funciona durante {lifetime}, hasta el {until}.",
    link_lifetime: "También puedes abrir este enlace, válido durante {lifetime}, hasta el {until}:",
    button: "Verificar correo",
    fallback: "Si el botón no funciona, abre este enlace en tu navegador:",
    not_asked: "Si no has pedido este correo, puedes ignorarlo sin problema. Seguramente alguien escribió tu dirección por error.",
    questions: "¿Tienes alguna pregunta? Escríbenos a {support}.",
};
