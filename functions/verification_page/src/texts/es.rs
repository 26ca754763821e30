//! Spanish, with "tú".

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Verifica tu correo electrónico",
    ready: "Pulsa el botón para verificar tu dirección de correo en {product}.",
    unexpected: "¿No esperabas esto? Cierra esta página y no cambiará nada.",
    button: "Verificar correo",
    working: "Verificando…",
    form_intro: "Escribe el código que te hemos enviado por correo.",
    open_link: "Abre el enlace del correo o vuelve a {product} y escribe allí el código.",
    open_link_again: "Abre el enlace del correo o vuelve a {product} y pide otro correo.",
    code: "Código",
    code_hint: "Los seis dígitos del correo.",
    code_malformed: "Escribe los seis dígitos del correo.",
    code_wrong: "Este código es incorrecto o ya no es válido. Usa el del correo más reciente.",
    code_expired: "Este código ha caducado. Usa el del correo más reciente.",
    verified_heading: "Tu correo electrónico está verificado",
    verified: "¡Gracias! La dirección {address} está verificada.",
    already_heading: "Tu correo electrónico ya está verificado",
    already: "La dirección {address} ya estaba verificada. No tienes que hacer nada más.",
    go_on: "Ir a {product}",
    close: "Ya puede cerrar esta página.",
    expired_heading: "Este enlace ha caducado",
    expired: "Por tu seguridad, los enlaces solo funcionan durante un tiempo limitado. Vuelve a {product} y pide otro correo.",
    invalid_heading: "Este enlace no funciona",
    invalid: "Puede que falte una parte o que tu dirección haya cambiado desde que se envió. Abre el enlace del correo más reciente.",
    new_mail: "O vuelve a {product} y pide otro correo.",
    use_code: "Escribir el código",
    too_many_heading: "Demasiados intentos",
    too_many: "Por tu seguridad, ahora no puedes probar más códigos. Inténtalo de nuevo dentro de {wait}.",
    wait: Plural::OneOther {
        one: "un minuto",
        other: "{n} minutos",
    },
    too_many_link: "El enlace del correo sigue funcionando.",
    unavailable_heading: "No se ha podido completar",
    unavailable: "Puede ser un problema nuestro o de tu conexión. No se ha perdido nada. Inténtalo de nuevo en unos instantes.",
    retry: "Intentar de nuevo",
    bad_request_heading: "Algo ha salido mal",
    questions: "¿Tienes alguna pregunta? Escríbenos a {support}.",
};
