//! Portuguese of Brazil, with "você".

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "Confirme seu endereço de e-\u{2060}mail",
    ready: "Clique no botão e confirme seu endereço de e-\u{2060}mail para {product}.",
    unexpected: "Não esperava por isso? Basta fechar esta página, e nada mudará.",
    button: "Confirmar e-mail",
    working: "Confirmando…",
    form_intro: "Digite o código que enviamos por e-\u{2060}mail.",
    open_link: "Abra o link do e-\u{2060}mail ou volte para {product} e digite o código lá.",
    open_link_again: "Abra o link do e-\u{2060}mail ou volte para {product} e peça um novo e-\u{2060}mail.",
    code: "Código",
    code_hint: "Os seis dígitos que estão no e-\u{2060}mail.",
    code_malformed: "Digite os seis dígitos que estão no e-\u{2060}mail.",
    code_wrong: "Este código está incorreto ou não vale mais. Consulte o e-\u{2060}mail mais recente.",
    code_expired: "Este código expirou. Use o do e-\u{2060}mail mais recente.",
    verified_heading: "Seu endereço de e-\u{2060}mail está confirmado",
    verified: "Tudo certo! O endereço {address} está confirmado.",
    already_heading: "Seu endereço de e-\u{2060}mail já está confirmado",
    already: "O endereço {address} já foi confirmado. Não é preciso fazer mais nada.",
    go_on: "Continuar para {product}",
    close: "Você já pode fechar esta página.",
    expired_heading: "Este link expirou",
    expired: "Para sua segurança, os links funcionam por tempo limitado. Volte para {product} e peça um novo e-\u{2060}mail.",
    invalid_heading: "Este link não funciona",
    invalid: "Talvez falte uma parte dele, ou ele pertença a um endereço que foi alterado depois. Abra o link do e-\u{2060}mail mais recente.",
    new_mail: "Ou volte para {product} e peça um novo e-\u{2060}mail.",
    use_code: "Digitar o código",
    too_many_heading: "Muitas tentativas",
    too_many: "Para sua segurança, não é possível testar mais códigos agora. Tente novamente em {wait}.",
    wait: Plural::OneOther {
        one: "um minuto",
        other: "{n} minutos",
    },
    too_many_link: "O link do e-\u{2060}mail continua funcionando.",
    unavailable_heading: "Não funcionou desta vez",
    unavailable: "O problema pode ser nosso ou da sua conexão. Nada se perdeu. Tente novamente em instantes.",
    retry: "Tentar novamente",
    bad_request_heading: "Algo deu errado",
    questions: "Alguma dúvida? Escreva para {support}.",
};
