//! The fields that were posted, by the page's script as JSON or by its form.

use lambda_http::Request;
use serde::Deserialize;
use shared::api::{Post, PostError};
use shared::domain::claim::Claim;
use shared::domain::link_token::LinkToken;
use shared::domain::pasted;
use shared::domain::presented_proof::{PresentedProof, ProofError};
use shared::domain::user_id::UserId;

use crate::state::State;

/// The fields as they were sent, blank without a value.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Posted {
    uuid: String,
    token: String,
    pub(crate) code: String,
    /// Only the script names one, as only the script has the token.
    pub(crate) action: Action,
}

/// What a press asks for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    #[default]
    Verify,
    /// Stop mail to the address.
    Stop,
    /// Allow it again.
    Allow,
}

impl Posted {
    /// Reads the body, or returns the state that names its error.
    pub(crate) fn read(request: &Request) -> Result<Self, State> {
        let post = Post::of(request).map_err(State::Unreadable)?;
        match post.media_type.as_str() {
            "application/x-www-form-urlencoded" => {
                Self::of_form(post.body).ok_or(State::Unreadable(PostError::Malformed))
            }
            _ => post.json().map_err(State::Unreadable),
        }
    }

    /// If a field is sent twice, the first value counts. `None`: it names an action, which only the
    /// script does. A press that is to stop mail must not verify the address.
    fn of_form(body: &[u8]) -> Option<Self> {
        let mut posted = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "uuid" => &mut posted.uuid,
                "token" => &mut posted.token,
                "code" => &mut posted.code,
                "action" => return None,
                _ => continue,
            };
            if field.is_empty() {
                *field = value.into_owned();
            }
        }
        Some(posted)
    }

    /// The user whom the fields name, or else the one of the link that opened the page.
    pub(crate) fn user(&self, opened: Option<UserId>) -> Option<UserId> {
        match &*pasted::clean(&self.uuid) {
            "" => opened,
            uuid => UserId::parse(uuid),
        }
    }

    /// The link that stops mail or allows it. `None`: it cannot be one.
    pub(crate) fn link(&self, user: Option<UserId>) -> Option<(UserId, LinkToken)> {
        user.zip(LinkToken::parse(&pasted::clean(&self.token)))
    }

    /// A code or a token without its user proves nothing.
    pub(crate) fn proof(&self, user: Option<UserId>) -> Result<PresentedProof, ProofError> {
        let token = pasted::clean(&self.token);
        match user {
            Some(user) => {
                let claim = Claim {
                    user,
                    address: None,
                };
                PresentedProof::parse(claim, &token, &self.code)
            }
            None if token.is_empty() => Err(ProofError::Missing),
            None => Err(ProofError::WrongToken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

    fn form(opened: Option<&str>, body: &str) -> Result<String, &'static str> {
        let malformed = State::Unreadable(PostError::Malformed).name();
        let posted = Posted::of_form(body.as_bytes()).ok_or(malformed)?;
        let user = posted.user(opened.and_then(UserId::parse));
        let proof = posted
            .proof(user)
            .map_err(|error| State::of_proof_error(error, user).name())?;
        let user = proof.claim().user;
        match proof {
            PresentedProof::Link { token, .. } => Ok(format!("{user} {}", token.encode())),
            PresentedProof::Code { code, .. } => Ok(format!("{user} {}", code.expose_secret())),
        }
    }

    #[test]
    fn a_form_proves_by_code_or_token() {
        for body in [
            "code=123456",
            "code=+123-456+",
            "code=123+456",
            "code=123\u{2013}456",
            "code=123\u{2212}456",
            "code=\u{661}\u{662}\u{663} \u{664}\u{665}\u{666}",
            "code=\u{967}\u{968}\u{969}\u{6f4}\u{6f5}\u{ff16}",
            "code=\u{200e}๑๒๓—๔๕๖",
            "uuid=\u{2068}f81d4fae-7dec-11d0-a765-00a0c91e6bf6\u{2069}&code=123456",
            "code=123456&code=1",
            "code=123456&email=ada@example.com",
        ] {
            let proof = format!("{UUID} 123456");
            assert_eq!(form(Some(UUID), body), Ok(proof), "{body}");
        }
        let body = format!("uuid={UUID}&token={}&code=x", "A".repeat(43));
        let proof = format!("{UUID} {}", "A".repeat(43));
        assert_eq!(form(None, &body), Ok(proof));
        let body = format!("token=%20{}\u{200b}\u{2011}A+", "A".repeat(41));
        let proof = format!("{UUID} {}-A", "A".repeat(41));
        assert_eq!(form(Some(UUID), &body), Ok(proof));
    }

    #[test]
    fn a_malformed_proof_is_named() {
        let token = format!("token={}", "A".repeat(43));
        for (opened, body, state) in [
            (None, "", State::UserMissing),
            (None, "%%%=&&&=%00", State::UserMissing),
            (None, "code=123456", State::UserMissing),
            (
                None,
                "email=ada@example.com&code=123456",
                State::UserMissing,
            ),
            (Some(UUID), "uuid=x&code=123456", State::UserMissing),
            (Some(UUID), "", State::CodeMalformed),
            (Some(UUID), "code=12345", State::CodeMalformed),
            (Some(UUID), "code=%ff", State::CodeMalformed),
            (None, "uuid=x&token=y", State::Invalid),
            (Some(UUID), "token=y", State::Invalid),
            (None, &token, State::Invalid),
            (
                Some(UUID),
                "code=123456&action=stop",
                State::Unreadable(PostError::Malformed),
            ),
        ] {
            assert_eq!(form(opened, body), Err(state.name()), "{body}");
        }
    }
}
