//! The link or code that a person presents.

use crate::domain::claim::Claim;
use crate::domain::link_token::LinkToken;
use crate::domain::verification_code::Code;

/// A well-formed link or code, and the user for whom it is presented. The user's record decides
/// whether it is right.
#[derive(Debug)]
pub enum PresentedProof {
    Link { claim: Claim, token: LinkToken },
    Code { claim: Claim, code: Code },
}

/// Why a text is refused without the record of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// Neither a token nor a code, or a code without its user.
    Missing,
    /// Malformed, or without its user.
    WrongToken,
    /// A typing error.
    MalformedCode,
}

impl PresentedProof {
    /// Reads a token or a code; the other one is blank. If both were sent, the token decides.
    pub fn parse(claim: Claim, token: &str, code: &str) -> Result<Self, ProofError> {
        match (token, code) {
            ("", "") => Err(ProofError::Missing),
            ("", code) => Code::parse(code)
                .map(|code| Self::Code { claim, code })
                .ok_or(ProofError::MalformedCode),
            (token, _) => LinkToken::parse(token)
                .map(|token| Self::Link { claim, token })
                .ok_or(ProofError::WrongToken),
        }
    }

    #[must_use]
    pub fn claim(&self) -> &Claim {
        match self {
            Self::Link { claim, .. } | Self::Code { claim, .. } => claim,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user_id::UserId;

    fn parse(token: &str, code: &str) -> Result<String, ProofError> {
        let user = UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap();
        let claim = Claim {
            user,
            address: None,
        };
        match PresentedProof::parse(claim, token, code)? {
            PresentedProof::Link { token, .. } => Ok(token.encode()),
            PresentedProof::Code { code, .. } => Ok(code.expose_secret().to_owned()),
        }
    }

    #[test]
    fn a_token_takes_precedence_over_a_code() {
        let token = "A".repeat(43);
        assert_eq!(parse(&token, "123456"), Ok(token.clone()));
        assert_eq!(parse(&token, "12345"), Ok(token));
        assert_eq!(parse("A", "123456"), Err(ProofError::WrongToken));
        assert_eq!(parse("", " 123-456 "), Ok("123456".to_owned()));
        assert_eq!(parse("", "12345"), Err(ProofError::MalformedCode));
        assert_eq!(parse("", ""), Err(ProofError::Missing));
    }
}
