//! What a caller says about a user: the published parameters that are read today, `email` and
//! `first_name`, and the caller's own id for the user. Unknown fields are ignored.

use crate::address::{EmailAddress, MAX_LENGTH};
use crate::fields::Fields;
use crate::http::{ApiError, required, validation_error};
use crate::user_id::UserId;

/// Longest first name in characters.
const MAX_NAME_LENGTH: usize = 150;

/// The parameters that a verification needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whom it is about: the id that was given, or else the one derived from the address.
    pub user: UserId,
    /// The address, if it was given.
    pub address: Option<EmailAddress>,
    /// Greets in the mail. Blank if it was not given.
    pub first_name: String,
}

/// Reads the parameters, in the order in which the contract checks them.
///
/// # Errors
///
/// The first rule that a field breaks.
pub fn read_profile(fields: &Fields) -> Result<Profile, ApiError> {
    let first_name = fields
        .text("first_name")
        .may_be_blank()
        .max_length(MAX_NAME_LENGTH)
        .read()?;
    let has_uuid = fields.get("uuid").is_some();
    let email = fields
        .text("email")
        .required_unless(has_uuid)
        .max_length(MAX_LENGTH)
        .read()?;
    let address = email.map(|text| parse_address(&text)).transpose()?;
    let user = match (read_uuid(fields)?, &address) {
        (Some(user), _) => user,
        (None, Some(address)) => UserId::derived_from(address),
        (None, None) => return Err(required("email")),
    };
    Ok(Profile {
        user,
        address,
        first_name: first_name.unwrap_or_default(),
    })
}

fn parse_address(text: &str) -> Result<EmailAddress, ApiError> {
    EmailAddress::parse(text)
        .ok_or_else(|| validation_error("email", "invalid_input", "Enter a valid email address."))
}

fn read_uuid(fields: &Fields) -> Result<Option<UserId>, ApiError> {
    let Some(value) = fields.get("uuid") else {
        return Ok(None);
    };
    let text = serde_json::from_str::<String>(value.get()).ok();
    let user = text.and_then(|text| UserId::parse(text.trim()));
    user.map(Some)
        .ok_or_else(|| validation_error("uuid", "invalid_input", "Must be a valid UUID."))
}
