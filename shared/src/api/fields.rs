//! Fields of a JSON object, and how their rules are declared.
//!
//! A field stays the JSON that was sent until a rule reads it, so nothing is lost on the way: a
//! number is its own text, an unknown field costs nothing, deep nesting is never descended into.
//! If a field is sent twice, the last value counts.
//!
//! A rule is declared once, as a value: `text("email").max_length(254)`. Null and blank are refused
//! unless the declaration says otherwise.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use thiserror::Error;

use crate::domain::email_address;
use crate::domain::person_name;

#[derive(Default)]
pub struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    #[must_use]
    pub fn new(fields: BTreeMap<String, Box<RawValue>>) -> Self {
        Self(fields)
    }

    /// The JSON of a field, if it was sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.get(name).map(AsRef::as_ref)
    }
}

impl std::fmt::Debug for Fields {
    /// Names alone: a value may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The first rule that a field breaks, for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {detail}")]
pub struct FieldError {
    pub(super) field: &'static str,
    pub(super) code: &'static str,
    pub(super) detail: Cow<'static, str>,
}

impl FieldError {
    pub fn new(
        field: &'static str,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field,
            code,
            detail: detail.into(),
        }
    }

    #[must_use]
    pub fn required(field: &'static str) -> Self {
        Self::new(field, "required", "This field is required.")
    }
}

/// The kinds of JSON value, told apart by their first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    Null,
    Boolean,
    /// A number without fraction or exponent.
    Integer,
    /// Any other number.
    Float,
    String,
    Array,
    Object,
}

impl JsonType {
    #[must_use]
    pub fn of(value: &RawValue) -> Self {
        match value.get().as_bytes() {
            [b'n', ..] => Self::Null,
            [b't' | b'f', ..] => Self::Boolean,
            [b'"', ..] => Self::String,
            [b'[', ..] => Self::Array,
            [b'{', ..] => Self::Object,
            number if number.iter().any(|byte| b".eE".contains(byte)) => Self::Float,
            _ => Self::Integer,
        }
    }

    /// Its name in error messages: callers know those of Django REST framework.
    #[must_use]
    pub fn python_name(self) -> &'static str {
        match self {
            Self::Null => "NoneType",
            Self::Boolean => "bool",
            Self::Integer => "int",
            Self::Float => "float",
            Self::String => "str",
            Self::Array => "list",
            Self::Object => "dict",
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Field {
    name: &'static str,
    kind: Kind,
    nullable: bool,
    may_be_blank: bool,
    max_length: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Text without outer white space.
    Text,
    /// Text as it was sent: white space may be part of a password.
    Password,
    /// An email address, without what keyboards and clipboards add.
    Address,
    /// A person's name, which must not be able to carry a message.
    Name,
    Boolean,
    Choice(&'static [&'static str]),
    Object,
    AnyJson,
}

/// Text, or a number as its text.
pub const fn text(name: &'static str) -> Field {
    Field::new(name, Kind::Text)
}

/// A password: text whose outer white space counts.
pub const fn password(name: &'static str) -> Field {
    Field::new(name, Kind::Password)
}

/// An email address: text without what keyboards and clipboards add. It is parsed by its reader.
pub const fn email_address(name: &'static str) -> Field {
    Field::new(name, Kind::Address)
}

/// A person's name: text that cannot carry a message to a stranger.
pub const fn person_name(name: &'static str) -> Field {
    Field::new(name, Kind::Name)
}

/// True or false, in any of the spellings that forms and scripts send.
pub const fn boolean(name: &'static str) -> Field {
    Field::new(name, Kind::Boolean)
}

/// One of these texts.
pub const fn choice(name: &'static str, choices: &'static [&'static str]) -> Field {
    Field::new(name, Kind::Choice(choices))
}

/// A JSON object.
pub const fn object(name: &'static str) -> Field {
    Field::new(name, Kind::Object)
}

/// Any JSON value.
pub const fn any_json(name: &'static str) -> Field {
    Field::new(name, Kind::AnyJson)
}

impl Field {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            nullable: false,
            may_be_blank: false,
            max_length: None,
        }
    }

    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub const fn may_be_blank(mut self) -> Self {
        self.may_be_blank = true;
        self
    }

    /// The longest text, in characters.
    pub const fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    #[must_use]
    pub const fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// The longest text, in characters, if there is a limit.
    #[must_use]
    pub const fn limit(&self) -> Option<usize> {
        self.max_length
    }

    /// The texts to choose from, if it is a choice.
    #[must_use]
    pub const fn choices(&self) -> Option<&'static [&'static str]> {
        match self.kind {
            Kind::Choice(choices) => Some(choices),
            _ => None,
        }
    }

    /// Checks the field. Returns the text of a text field, if it was sent. No rule reads the values
    /// of other kinds.
    pub fn read(&self, fields: &Fields) -> Result<Option<String>, FieldError> {
        let Some(value) = fields.get(self.name) else {
            return Ok(None);
        };
        if JsonType::of(value) == JsonType::Null {
            return if self.nullable {
                Ok(None)
            } else {
                Err(self.error("null", "This field may not be null."))
            };
        }
        match self.kind {
            Kind::Text => self.read_text(value, trim).map(Some),
            Kind::Password => self.read_text(value, |text| text.into()).map(Some),
            Kind::Address => self.read_text(value, email_address::clean).map(Some),
            Kind::Name => {
                let name = self.read_text(value, trim)?;
                person_name::check(&name).map_err(|(code, detail)| self.error(code, detail))?;
                Ok(Some(name))
            }
            Kind::Boolean => self.check_boolean(value).map(|()| None),
            Kind::Choice(choices) => self.check_choice(value, choices).map(|()| None),
            Kind::Object => self.check_object(value).map(|()| None),
            Kind::AnyJson => Ok(None),
        }
    }

    /// The text once it is cleaned, which is what limits apply to.
    fn read_text(&self, value: &RawValue, clean: Clean) -> Result<String, FieldError> {
        let text = match JsonType::of(value) {
            // A number is accepted as its text.
            JsonType::Integer | JsonType::Float => Cow::Borrowed(value.get()),
            // Half of a surrogate pair is valid JSON, but no text.
            JsonType::String => Cow::Owned(decode(value).ok_or_else(|| self.not_a_string())?),
            _ => return Err(self.not_a_string()),
        };
        if text.contains('\0') {
            let detail = "Null characters are not allowed.";
            return Err(self.error("null_characters_not_allowed", detail));
        }
        let text = clean(&text);
        if text.is_empty() && !self.may_be_blank {
            return Err(self.error("blank", "This field may not be blank."));
        }
        if let Some(limit) = self.max_length
            && text.chars().count() > limit
        {
            let detail = format!("Ensure this field has no more than {limit} characters.");
            return Err(self.error("max_length", detail));
        }
        Ok(text.into_owned())
    }

    fn check_boolean(&self, value: &RawValue) -> Result<(), FieldError> {
        let is_boolean = match JsonType::of(value) {
            JsonType::Boolean => true,
            JsonType::Integer => ["1", "0"].contains(&value.get()),
            JsonType::String => decode(value).is_some_and(|text| {
                is_in_usual_case(&text, &BOOLEAN_TEXTS)
                    || (self.nullable && (text.is_empty() || is_in_usual_case(&text, &["null"])))
            }),
            _ => false,
        };
        if is_boolean {
            Ok(())
        } else {
            Err(self.error("invalid_input", "Must be a valid boolean."))
        }
    }

    fn check_choice(&self, value: &RawValue, choices: &[&str]) -> Result<(), FieldError> {
        let text = match JsonType::of(value) {
            JsonType::String => decode(value),
            _ => None,
        };
        match text {
            Some(text) if choices.contains(&text.as_str()) => Ok(()),
            Some(text) if text.is_empty() && self.may_be_blank => Ok(()),
            Some(text) => Err(self.error(
                "invalid_choice",
                format!("\"{text}\" is not a valid choice."),
            )),
            // The answer shows any other value as its JSON.
            None => {
                let json = value.get().trim_matches('"');
                Err(self.error(
                    "invalid_choice",
                    format!("\"{json}\" is not a valid choice."),
                ))
            }
        }
    }

    fn check_object(&self, value: &RawValue) -> Result<(), FieldError> {
        match JsonType::of(value) {
            JsonType::Object => Ok(()),
            other => {
                let found = other.python_name();
                let detail = format!("Expected a dictionary of items but got type \"{found}\".");
                Err(self.error("not_a_dict", detail))
            }
        }
    }

    fn not_a_string(&self) -> FieldError {
        self.error("invalid_input", "Not a valid string.")
    }

    fn error(&self, code: &'static str, detail: impl Into<Cow<'static, str>>) -> FieldError {
        FieldError::new(self.name, code, detail)
    }
}

const BOOLEAN_TEXTS: [&str; 12] = [
    "1", "0", "t", "f", "true", "false", "yes", "no", "y", "n", "on", "off",
];

/// In lower case, in capitals, or with a capital in front.
fn is_in_usual_case(text: &str, lower_case: &[&str]) -> bool {
    lower_case.iter().any(|word| {
        let (first, rest) = word.split_at(1);
        text == *word
            || text == word.to_ascii_uppercase()
            || text.strip_prefix(&first.to_ascii_uppercase()) == Some(rest)
    })
}

/// Removes what the caller did not mean to send, such as outer white space.
type Clean = fn(&str) -> Cow<'_, str>;

fn trim(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text.trim())
}

/// The text of a JSON string. `None` if it is not valid Unicode.
fn decode(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}
