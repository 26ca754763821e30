//! Parameters about a user: the published [`PARAMETERS`], and the caller's own id for the user. All
//! are checked, and few are used. Unknown fields are ignored.

use crate::api::fields::{
    Field, FieldError, Fields, any_json, boolean, choice, email_address, object, password,
    person_name, text,
};
use crate::domain::email_address::{EmailAddress, MAX_LENGTH};
use crate::domain::greeting::Greeting;
use crate::domain::user_id::UserId;

const EMAIL: Field = email_address("email").max_length(MAX_LENGTH);

/// The published parameters, in the order in which they are checked.
pub const PARAMETERS: &[Field] = &[
    person_name("first_name").may_be_blank().max_length(150),
    person_name("last_name").may_be_blank().max_length(150),
    EMAIL,
    object("notification_settings"),
    boolean("anonymize_data").nullable(),
    boolean("allow_impersonation").nullable(),
    choice("toolbar_mode", &["disabled", "toolbar"])
        .nullable()
        .may_be_blank(),
    boolean("is_staff"),
    text("set_current_organization"),
    text("set_current_team"),
    password("password").max_length(128),
    password("current_password"),
    any_json("events_column_config"),
    any_json("has_seen_product_intro_for").nullable(),
    choice("theme_mode", &["light", "dark", "system"])
        .nullable()
        .may_be_blank(),
    any_json("hedgehog_config").nullable(),
    boolean("allow_sidebar_suggestions").nullable(),
    choice("shortcut_position", &["above", "below", "hidden"])
        .nullable()
        .may_be_blank(),
    choice("role_at_organization", ROLES),
    boolean("passkeys_enabled_for_2fa").nullable(),
    boolean("hide_mcp_hints"),
];

const ROLES: &[&str] = &[
    "engineering",
    "data",
    "product",
    "founder",
    "leadership",
    "marketing",
    "sales",
    "other",
];

/// The parameters that a verification uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The id that was given, or else the one derived from the address.
    pub user: UserId,
    pub address: Option<EmailAddress>,
    /// The first name, if it reads as one.
    pub greeting: Option<Greeting>,
}

impl Parameters {
    /// Checks every parameter in its order, then the user's id.
    pub fn read(fields: &Fields) -> Result<Self, FieldError> {
        let mut address = None;
        let mut greeting = None;
        for parameter in PARAMETERS {
            let value = parameter.read(fields)?;
            match parameter.name() {
                "email" => address = read_address(value, fields)?,
                "first_name" => greeting = value.as_deref().and_then(Greeting::of),
                _ => {}
            }
        }
        let user = match (read_uuid(fields)?, &address) {
            (Some(user), _) => user,
            (None, Some(address)) => UserId::derived_from(address),
            (None, None) => return Err(FieldError::required(EMAIL.name())),
        };
        Ok(Self {
            user,
            address,
            greeting,
        })
    }
}

/// The user whom `uuid` names, or else the one whose id is derived from `email`. Both are checked.
pub fn read_user(fields: &Fields) -> Result<UserId, FieldError> {
    let address = EMAIL.read(fields)?.map(|text| parse_address(&text));
    let address = address.transpose()?;
    match (read_uuid(fields)?, &address) {
        (Some(user), _) => Ok(user),
        (None, Some(address)) => Ok(UserId::derived_from(address)),
        (None, None) => Err(FieldError::required("uuid")),
    }
}

/// An address is required unless a user's id is given.
fn read_address(
    value: Option<String>,
    fields: &Fields,
) -> Result<Option<EmailAddress>, FieldError> {
    match value {
        Some(text) => parse_address(&text).map(Some),
        None if fields.get("uuid").is_some() => Ok(None),
        None => Err(FieldError::required(EMAIL.name())),
    }
}

fn parse_address(text: &str) -> Result<EmailAddress, FieldError> {
    let detail = "Enter a valid email address.";
    EmailAddress::parse(text).ok_or_else(|| FieldError::new(EMAIL.name(), "invalid_input", detail))
}

fn read_uuid(fields: &Fields) -> Result<Option<UserId>, FieldError> {
    let Some(value) = fields.get("uuid") else {
        return Ok(None);
    };
    let text = serde_json::from_str::<String>(value.get()).ok();
    let user = text.and_then(|text| UserId::parse(text.trim()));
    user.map(Some)
        .ok_or_else(|| FieldError::new("uuid", "invalid_input", "Must be a valid UUID."))
}
