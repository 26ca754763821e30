//! The person that a command is about.

use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::store::Search;

use crate::arguments;
use crate::error::AdminError;

/// A person, named by an address or by a user's UUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Address(EmailAddress),
    User(UserId),
}

impl Subject {
    pub(crate) fn parse(text: &str) -> Result<Self, AdminError> {
        let text = text.trim();
        EmailAddress::parse_known(text)
            .map(Self::Address)
            .or_else(|| UserId::parse(text).map(Self::User))
            .ok_or_else(|| {
                AdminError::usage(format!("'{text}' is neither an email address nor a UUID"))
                    .advise("Give an address such as ada@example.com, or a UUID")
            })
    }
}

impl Subject {
    /// The canonical address, or the UUID.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Address(address) => address.canonical().to_owned(),
            Self::User(user) => user.to_string(),
        }
    }

    /// Two spellings of an address are the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Address(one), Self::Address(other)) => one.is_same_mailbox(other),
            (one, other) => one == other,
        }
    }
}

impl From<arguments::Search> for Search {
    fn from(arguments::Search { scan }: arguments::Search) -> Self {
        if scan { Self::Scan } else { Self::Index }
    }
}

/// Parses an address where a UUID is no help. It may be one that is on record from a time when
/// requests accepted it.
pub(crate) fn address(text: &str) -> Result<EmailAddress, AdminError> {
    EmailAddress::parse_known(text.trim()).ok_or_else(|| no_address(text))
}

/// Parses an address that a request would accept, to put it on record.
pub(crate) fn new_address(text: &str) -> Result<EmailAddress, AdminError> {
    EmailAddress::parse(text.trim()).ok_or_else(|| no_address(text))
}

fn no_address(text: &str) -> AdminError {
    AdminError::usage(format!("'{}' is not an email address", text.trim()))
        .advise("Give an address such as ada@example.com")
}

/// Parses a UUID where an address is no help.
pub(crate) fn user(text: &str) -> Result<UserId, AdminError> {
    let text = text.trim();
    UserId::parse(text).ok_or_else(|| {
        AdminError::usage(format!("'{text}' is not a UUID"))
            .advise("Give the UUID of the user, as `status ADDRESS` shows it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_uuid_is_a_subject() {
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
    fn an_error_escapes_its_argument() {
        let error = Subject::parse("ada\u{1b}[2J").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert_eq!(
            error.text(),
            "Give an address such as ada@example.com, or a UUID.\n\
             Problem: 'ada\\u{1b}[2J' is neither an email address nor a UUID"
        );
    }
}
