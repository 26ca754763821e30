//! What a mail has for its reader: a link and a code.

use local::captured_mails::CapturedMail;
use serde_json::{Value, json};

/// The uuid and the token in the link of a mail's text.
pub fn link_of(mail: &CapturedMail) -> (String, String) {
    let text = mail.text.as_deref().expect("the mail has a text part");
    let link = text
        .lines()
        .find(|line| line.starts_with("http"))
        .expect("the link is on its own line");
    let user_and_token: String = match link.split_once("&next=") {
        Some((user, rest)) => [user, &rest[rest.find('#').unwrap()..]].concat(),
        None => link.to_owned(),
    };
    let mut parts = user_and_token.rsplit(['/', '#', '.', '=']);
    let token = parts.next().unwrap().to_owned();
    (parts.next().unwrap().to_owned(), token)
}

/// The code in a mail's text.
pub fn code_of(mail: &CapturedMail) -> String {
    let text = mail.text.as_deref().expect("the mail has a text part");
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    text.lines()
        .find(is_code)
        .expect("the code is on its own line")
        .to_owned()
}

/// The body that verifies with the link of this mail.
pub fn proof_of(mail: &CapturedMail) -> Value {
    let (uuid, token) = link_of(mail);
    json!({ "uuid": uuid, "token": token })
}

/// The body that verifies with the code of this mail.
pub fn code_proof_of(mail: &CapturedMail) -> Value {
    json!({ "uuid": link_of(mail).0, "code": code_of(mail) })
}

/// A code that is not the one of any of these mails.
pub fn wrong_code(mails: &[&CapturedMail]) -> String {
    let codes: Vec<_> = mails.iter().map(|mail| code_of(mail)).collect();
    (0..=mails.len())
        .map(|number| format!("{number:06}"))
        .find(|code| !codes.contains(code))
        .expect("there are more numbers than mails")
}
