//! Whom a command is about.

use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;

use crate::error::AdminError;

/// A person, by address or by the id of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Whoever has this address.
    Address(EmailAddress),
    /// The user with this id.
    User(UserId),
}

impl Subject {
    /// Reads an address or an id.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, AdminError> {
        let text = text.trim();
        EmailAddress::parse_known(text)
            .map(Self::Address)
            .or_else(|| UserId::parse(text).map(Self::User))
            .ok_or_else(|| {
                AdminError::Usage(format!("'{text}' is neither an email address nor a UUID"))
            })
    }
}

/// Reads an address alone.
pub(crate) fn address(text: &str) -> Result<EmailAddress, AdminError> {
    let text = text.trim();
    EmailAddress::parse_known(text)
        .ok_or_else(|| AdminError::Usage(format!("'{text}' is no email address")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_address_or_by_id() {
        assert!(matches!(
            Subject::parse(" Ada@example.com "),
            Ok(Subject::Address(address)) if address.canonical() == "ada@example.com"
        ));
        assert!(matches!(
            Subject::parse("F81D4FAE7DEC11D0A76500A0C91E6BF6"),
            Ok(Subject::User(_))
        ));
    }

    #[test]
    fn anything_else_is_named_in_the_error_without_its_control_characters() {
        let error = Subject::parse("ada\u{1b}[2J").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert_eq!(
            error.to_string(),
            r"'ada\u{1b}[2J' is neither an email address nor a UUID"
        );
    }
}
