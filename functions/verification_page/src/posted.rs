//! What was posted: by the page's script as JSON, by its form as a form.

use std::borrow::Cow;

use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, Request};
use serde::Deserialize;
use shared::address::EmailAddress;
use shared::code::Code;
use shared::confirm_verification::Claim;
use shared::pasted;
use shared::proof::LinkToken;
use shared::user_id::UserId;

use crate::state::State;

/// Longest body in bytes: a few times the longest proof.
const MAX_BODY_LENGTH: usize = 4 * 1024;

/// The fields, as they were sent. A field that was not is blank.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Posted {
    uuid: String,
    token: String,
    /// An address, or an id: the form has one field for both.
    pub(crate) email: String,
    pub(crate) code: String,
}

/// A proof that may be one.
#[derive(Debug)]
pub(crate) enum Proof {
    /// Out of a link.
    Link { claim: Claim, token: LinkToken },
    /// Typed.
    Code { claim: Claim, code: Code },
}

impl Posted {
    /// Takes the body apart, or says what is wrong with it.
    pub(crate) fn read(request: &Request) -> Result<Self, State> {
        let body = match request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if body.len() > MAX_BODY_LENGTH {
            return Err(State::TooLarge);
        }
        let media_type = request
            .headers()
            .get(CONTENT_TYPE)
            .map_or(Cow::Borrowed(""), |value| {
                String::from_utf8_lossy(value.as_bytes())
            });
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => serde_json::from_slice(body).map_err(|_| State::Malformed),
            "application/x-www-form-urlencoded" => Ok(Self::of_form(body)),
            _ => Err(State::UnsupportedMediaType),
        }
    }

    /// Of a field that comes twice the first one counts.
    fn of_form(body: &[u8]) -> Self {
        let mut posted = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "uuid" => &mut posted.uuid,
                "token" => &mut posted.token,
                "email" => &mut posted.email,
                "code" => &mut posted.code,
                _ => continue,
            };
            if field.is_empty() {
                *field = value.into_owned();
            }
        }
        posted
    }

    /// The proof, or what is wrong with it. A token decides if there is a code as well.
    pub(crate) fn proof(&self) -> Result<Proof, State> {
        let token = pasted::clean(&self.token);
        if !token.is_empty() {
            return match (self.claim(), LinkToken::parse(&token)) {
                (Some(claim), Some(token)) => Ok(Proof::Link { claim, token }),
                // What cannot be a proof is not worth a call, and is answered like any wrong one.
                _ => Err(State::Invalid),
            };
        }
        let claim = self.claim().ok_or(State::EmailMalformed)?;
        let code = Code::parse(&self.code).ok_or(State::CodeMalformed)?;
        Ok(Proof::Code { claim, code })
    }

    /// Whose proof it is said to be: of an address, if one was typed, and else of an id.
    fn claim(&self) -> Option<Claim> {
        let uuid = pasted::clean(&self.uuid);
        let address = EmailAddress::parse(&self.email);
        let user = match &address {
            _ if !uuid.is_empty() => UserId::parse(&uuid)?,
            Some(address) => UserId::derived_from(address),
            None => UserId::parse(&pasted::clean(&self.email))?,
        };
        Some(Claim { user, address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

    fn form(body: &str) -> Result<String, State> {
        match Posted::of_form(body.as_bytes()).proof()? {
            Proof::Link { claim, token } => Ok(format!("{} {}", claim.user, token.encode())),
            Proof::Code { claim, code } => Ok(format!("{} {}", claim.user, code.reveal())),
        }
    }

    #[test]
    fn a_form_names_a_user_by_address_or_id_and_proves_by_code_or_token() {
        let ada = UserId::derived_from(&EmailAddress::parse("ada@example.com").unwrap());
        for (body, proof) in [
            (
                "email=ada%40example.com&code=123456".to_owned(),
                format!("{ada} 123456"),
            ),
            (
                " email=x&email=+Ada@Example.com+&code=+123-456+".to_owned(),
                format!("{ada} 123456"),
            ),
            (
                format!("email={UUID}&code=123+456"),
                format!("{UUID} 123456"),
            ),
            (
                format!("email={UUID}&code=123\u{2013}456"),
                format!("{UUID} 123456"),
            ),
            (
                format!("email={UUID}&code=123\u{2212}456"),
                format!("{UUID} 123456"),
            ),
            (
                format!("email={UUID}&code=\u{661}\u{662}\u{663} \u{664}\u{665}\u{666}"),
                format!("{UUID} 123456"),
            ),
            (
                format!("email={UUID}&code=\u{967}\u{968}\u{969}\u{6f4}\u{6f5}\u{ff16}"),
                format!("{UUID} 123456"),
            ),
            (
                format!("uuid={UUID}&code=123456&email=other"),
                format!("{UUID} 123456"),
            ),
            (
                format!("email=\u{2068}{UUID}\u{2069}&code=\u{200e}๑๒๓—๔๕๖"),
                format!("{UUID} 123456"),
            ),
            (
                format!("uuid={UUID}&token=%20{}\u{200b}\u{2011}A+", "A".repeat(41)),
                format!("{UUID} {}-A", "A".repeat(41)),
            ),
            (
                format!("uuid={UUID}&token={}&code=x", "A".repeat(43)),
                format!("{UUID} {}", "A".repeat(43)),
            ),
            (
                "email=ada@example.com&email=bob@example.com&code=123456&code=1".to_owned(),
                format!("{ada} 123456"),
            ),
        ] {
            assert_eq!(form(&body), Ok(proof), "{body}");
        }
    }

    #[test]
    fn what_can_be_no_proof_is_named() {
        for (body, state) in [
            (String::new(), State::EmailMalformed),
            ("%%%=&&&=%00".to_owned(), State::EmailMalformed),
            ("code=123456".to_owned(), State::EmailMalformed),
            ("email=ada&code=123456".to_owned(), State::EmailMalformed),
            ("email=ada@example.com".to_owned(), State::CodeMalformed),
            (
                "email=ada@example.com&code=12345".to_owned(),
                State::CodeMalformed,
            ),
            (
                "email=ada@example.com&code=%ff".to_owned(),
                State::CodeMalformed,
            ),
            ("uuid=x&token=y".to_owned(), State::Invalid),
            (
                format!("uuid={UUID}&token={}", "A".repeat(2_000)),
                State::Invalid,
            ),
            (format!("uuid={UUID}&token=y"), State::Invalid),
            (format!("token={}", "A".repeat(43)), State::Invalid),
        ] {
            assert_eq!(form(&body), Err(state), "{body}");
        }
    }
}
