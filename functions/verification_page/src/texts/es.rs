//! Spanish, with "usted".

use super::{Around, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Verifique su dirección de correo",
    ready: Around::new("Pulse el botón para verificar su dirección para {}."),
    unexpected: "¿No esperaba esto? Cierre esta página y no ocurrirá nada.",
    button: "Verificar la dirección",
    working: "Verificando…",
    form_intro: "Introduzca su dirección de correo y el código que figura en nuestro mensaje.",
    email: "Dirección de correo",
    email_hint: Around::new("O su identificador de usuario, si {} le ha dado uno."),
    email_error: "Introduzca una dirección de correo, por ejemplo, ada@example.com.",
    code: "Código",
    code_hint: "Los seis dígitos que figuran en el mensaje.",
    code_malformed: "Introduzca los seis dígitos que figuran en el mensaje.",
    code_wrong: "Este código es incorrecto o ya no es válido. Consulte el mensaje más reciente.",
    verified_heading: "Su dirección de correo está verificada",
    verified: Around::new("¡Gracias! La dirección {} está verificada."),
    already_heading: "Su dirección de correo ya está verificada",
    already: Around::new("La dirección {} ya se verificó antes. No tiene que hacer nada más."),
    go_on: Around::new("Continuar a {}"),
    close: "Ya puede cerrar esta página.",
    expired_heading: "Este enlace ha caducado",
    expired: Around::new(
        "Por su seguridad, los enlaces solo funcionan durante un tiempo limitado. Vuelva a {} y solicite un nuevo mensaje.",
    ),
    invalid_heading: "Este enlace no funciona",
    invalid: "Quizá falte una parte o corresponda a una dirección que se ha cambiado desde entonces. Abra el enlace del mensaje más reciente.",
    new_mail: Around::new("O vuelva a {} y solicite un nuevo mensaje."),
    use_code: "Introducir el código",
    too_many_heading: "Demasiados intentos",
    too_many: |minutes| {
        match minutes {
        1 => "Por su seguridad, no se pueden probar más códigos en este momento. Inténtelo de nuevo dentro de un minuto.".to_owned(),
        _ => format!("Por su seguridad, no se pueden probar más códigos en este momento. Inténtelo de nuevo dentro de {minutes} minutos."),
    }
    },
    too_many_link: "El enlace del mensaje sigue funcionando.",
    unavailable_heading: "No ha funcionado en este momento",
    unavailable: "El problema es nuestro y no se ha perdido nada. Inténtelo de nuevo en unos instantes.",
    retry: "Intentar de nuevo",
    misfit_heading: "Algo ha salido mal",
    misfit: "Abra de nuevo el enlace del mensaje o introduzca el código.",
    questions: Around::new("¿Tiene alguna pregunta? Escriba a {}."),
};
