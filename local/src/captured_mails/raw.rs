//! A captured mail as it would arrive (RFC 5322): SES makes a mail of the parts of a request.

use super::encoding::{fold, quoted_printable};
use super::{CapturedMail, headers};

pub(super) fn raw(mail: &CapturedMail) -> String {
    let headers = headers(mail);
    let headers = headers.iter().map(|field| fold(&field.name, &field.value));
    let headers: String = headers.chain([fold("MIME-Version", "1.0")]).collect();
    let text = mail.text.as_deref().map(|text| part("plain", text));
    let html = mail.html.as_deref().map(|html| part("html", html));
    let content = match (text, html) {
        (Some(text), Some(html)) => alternative(&mail.id, &[text, html]),
        (Some(part), None) | (None, Some(part)) => part,
        (None, None) => part("plain", ""),
    };
    headers + &content
}

fn alternative(id: &str, parts: &[String]) -> String {
    // Quoted-printable text has no `=_`.
    let boundary = format!("=_{id}");
    let content_type = format!("multipart/alternative; boundary=\"{boundary}\"");
    let parts = parts
        .iter()
        .map(|part| format!("--{boundary}\r\n{part}\r\n"));
    let parts: String = parts.collect();
    format!(
        "{}\r\n{parts}--{boundary}--\r\n",
        fold("Content-Type", &content_type)
    )
}

fn part(subtype: &str, text: &str) -> String {
    fold("Content-Type", &format!("text/{subtype}; charset=UTF-8"))
        + &fold("Content-Transfer-Encoding", "quoted-printable")
        + "\r\n"
        + &quoted_printable(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn both_parts_are_alternatives() {
        let mut mail = mail("x", "ada@example.com", "Hi");
        mail.html = Some("<p>Käse".to_owned());
        let raw = raw(&mail);
        let (headers, body) = raw.split_once("\r\n\r\n").unwrap();
        assert!(headers.contains("\r\nSubject: Hi\r\n"), "{headers}");
        assert!(headers.ends_with("multipart/alternative; boundary=\"=_x\""));
        let expected = "--=_x\r\n\
             Content-Type: text/plain; charset=UTF-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n\
             Hello there\r\n\r\n\
             --=_x\r\n\
             Content-Type: text/html; charset=UTF-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n\
             <p>K=C3=A4se\r\n\r\n\
             --=_x--\r\n";
        assert_eq!(body, expected);
    }

    #[test]
    fn one_part_is_the_body() {
        let raw = raw(&mail("x", "ada@example.com", "Hi"));
        assert!(!raw.contains("multipart"), "{raw}");
        assert!(raw.ends_with("\r\n\r\nHello there\r\n"), "{raw}");
    }
}
