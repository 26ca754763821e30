//! Spanish, with "tú".

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Verifica tu correo electrónico",
    ready: Phrase::new("Pulsa el botón para verificar tu dirección de correo en {}."),
    unexpected: "¿No esperabas esto? Cierra esta página y no cambiará nada.",
    button: "Verificar correo",
    working: "Verificando…",
    form_intro: "Escribe el código que te hemos enviado por correo.",
    open_link: Phrase::new("Abre el enlace del correo o vuelve a {} y escribe allí el código."),
    code: "Código",
    code_hint: "Los seis dígitos del correo.",
    code_malformed: "Escribe los seis dígitos del correo.",
    code_wrong: "Este código es incorrecto o ya no es válido. Usa el del correo más reciente.",
    code_expired: "Este código ha caducado. Usa el del correo más reciente.",
    verified_heading: "Tu correo electrónico está verificado",
    verified: Phrase::new("¡Gracias! La dirección {} está verificada."),
    already_heading: "Tu correo electrónico ya está verificado",
    already: Phrase::new("La dirección {} ya estaba verificada. No tienes que hacer nada más."),
    go_on: Phrase::new("Ir a {}"),
    close: "Ya puede cerrar esta página.",
    expired_heading: "Este enlace ha caducado",
    expired: Phrase::new(
        "Por tu seguridad, los enlaces solo funcionan durante un tiempo limitado. Vuelve a {} y pide otro correo.",
    ),
    invalid_heading: "Este enlace no funciona",
    invalid: "Puede que falte una parte o que tu dirección haya cambiado desde que se envió. Abre el enlace del correo más reciente.",
    new_mail: Phrase::new("O vuelve a {} y pide otro correo."),
    use_code: "Escribir el código",
    too_many_heading: "Demasiados intentos",
    too_many: |minutes| {
        match minutes {
        1 => "Por tu seguridad, ahora no puedes probar más códigos. Inténtalo de nuevo dentro de un minuto.".to_owned(),
        _ => format!("Por tu seguridad, ahora no puedes probar más códigos. Inténtalo de nuevo dentro de {minutes} minutos."),
    }
    },
    too_many_link: "El enlace del correo sigue funcionando.",
    unavailable_heading: "No se ha podido completar",
    unavailable: "Puede ser un problema nuestro o de tu conexión. No se ha perdido nada. Inténtalo de nuevo en unos instantes.",
    retry: "Intentar de nuevo",
    bad_request_heading: "Algo ha salido mal",
    questions: Phrase::new("¿Tienes alguna pregunta? Escríbenos a {}."),
};
