//! Portuguese of Brazil, with "você".

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "Confirme seu endereço de e-\u{2060}mail",
    ready: Phrase::new("Clique no botão e confirme seu endereço de e-\u{2060}mail para {}."),
    unexpected: "Não esperava por isso? Basta fechar esta página, e nada mudará.",
    button: "Confirmar e-mail",
    working: "Confirmando…",
    form_intro: "Digite o código que enviamos por e-\u{2060}mail.",
    open_link: Phrase::new("Abra o link do e-\u{2060}mail ou volte para {} e digite o código lá."),
    code: "Código",
    code_hint: "Os seis dígitos que estão no e-\u{2060}mail.",
    code_malformed: "Digite os seis dígitos que estão no e-\u{2060}mail.",
    code_wrong: "Este código está incorreto ou não vale mais. Consulte o e-\u{2060}mail mais recente.",
    code_expired: "Este código expirou. Use o do e-\u{2060}mail mais recente.",
    verified_heading: "Seu endereço de e-\u{2060}mail está confirmado",
    verified: Phrase::new("Tudo certo! O endereço {} está confirmado."),
    already_heading: "Seu endereço de e-\u{2060}mail já está confirmado",
    already: Phrase::new("O endereço {} já foi confirmado. Não é preciso fazer mais nada."),
    go_on: Phrase::new("Continuar para {}"),
    close: "Você já pode fechar esta página.",
    expired_heading: "Este link expirou",
    expired: Phrase::new(
        "Para sua segurança, os links funcionam por tempo limitado. Volte para {} e peça um novo e-\u{2060}mail.",
    ),
    invalid_heading: "Este link não funciona",
    invalid: "Talvez falte uma parte dele, ou ele pertença a um endereço que foi alterado depois. Abra o link do e-\u{2060}mail mais recente.",
    new_mail: Phrase::new("Ou volte para {} e peça um novo e-\u{2060}mail."),
    use_code: "Digitar o código",
    too_many_heading: "Muitas tentativas",
    too_many: |minutes| {
        match minutes {
        1 => "Para sua segurança, não é possível testar mais códigos agora. Tente novamente em um minuto.".to_owned(),
        _ => format!("Para sua segurança, não é possível testar mais códigos agora. Tente novamente em {minutes} minutos."),
    }
    },
    too_many_link: "O link do e-\u{2060}mail continua funcionando.",
    unavailable_heading: "Não funcionou desta vez",
    unavailable: "O problema pode ser nosso ou da sua conexão. Nada se perdeu. Tente novamente em instantes.",
    retry: "Tentar novamente",
    bad_request_heading: "Algo deu errado",
    questions: Phrase::new("Alguma dúvida? Escreva para {}."),
};
