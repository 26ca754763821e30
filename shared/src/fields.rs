//! Fields of a JSON object, and the vocabulary in which their rules are declared.
//!
//! A field stays the JSON that was sent until a rule reads it, so nothing is lost on the way: a
//! number is its own text, an unknown field costs nothing, deep nesting is never descended into.
//! Of a field that is sent twice the last one counts.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::http::{ApiError, required, validation_error};

/// The fields of a body.
#[derive(Default)]
pub struct Fields(BTreeMap<String, Box<RawValue>>);

/// The kinds of JSON value, told apart by their first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without fraction or exponent.
    Integer,
    /// Any other number.
    Float,
    /// Text.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl JsonType {
    /// The kind of this value.
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

    /// The name that the contract's messages use for it.
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

impl Fields {
    /// The fields of an object that was taken apart.
    #[must_use]
    pub fn new(fields: BTreeMap<String, Box<RawValue>>) -> Self {
        Self(fields)
    }

    /// The JSON of a field, if it was sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// Starts to read a field that holds text.
    pub fn text(&self, name: &'static str) -> TextField<'_> {
        TextField {
            name,
            value: self.get(name),
            required: false,
            null: false,
            blank: false,
            max_length: None,
        }
    }
}

impl std::fmt::Debug for Fields {
    /// Names alone: a value may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A text field and its rules (contract, section 4). Null and blank are refused unless the
/// declaration says otherwise.
#[derive(Debug)]
#[must_use]
pub struct TextField<'a> {
    name: &'static str,
    value: Option<&'a RawValue>,
    required: bool,
    null: bool,
    blank: bool,
    max_length: Option<usize>,
}

impl TextField<'_> {
    /// The field has to be sent, unless `other_way` says that something else does its job.
    pub fn required_unless(mut self, other_way: bool) -> Self {
        self.required = !other_way;
        self
    }

    /// Null counts as not sent.
    pub fn may_be_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// The field may be blank.
    pub fn may_be_blank(mut self) -> Self {
        self.blank = true;
        self
    }

    /// The longest text, in characters.
    pub fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// The text without outer white space, or `None` if the field was not sent.
    ///
    /// # Errors
    ///
    /// The first rule that the value breaks.
    pub fn read(self) -> Result<Option<String>, ApiError> {
        let Some(value) = self.value else {
            return if self.required {
                Err(required(self.name))
            } else {
                Ok(None)
            };
        };
        if self.null && JsonType::of(value) == JsonType::Null {
            return Ok(None);
        }
        let text = self.decode(value)?;
        if text.contains('\0') {
            let detail = "Null characters are not allowed.";
            return Err(validation_error(
                self.name,
                "null_characters_not_allowed",
                detail,
            ));
        }
        let text = text.trim();
        if text.is_empty() && !self.blank {
            return Err(validation_error(
                self.name,
                "blank",
                "This field may not be blank.",
            ));
        }
        if let Some(max_length) = self.max_length
            && text.chars().count() > max_length
        {
            let detail = format!("Ensure this field has no more than {max_length} characters.");
            return Err(validation_error(self.name, "max_length", detail));
        }
        Ok(Some(text.to_owned()))
    }

    fn decode(&self, value: &RawValue) -> Result<String, ApiError> {
        match JsonType::of(value) {
            JsonType::Null => Err(validation_error(
                self.name,
                "null",
                "This field may not be null.",
            )),
            // A number is taken as its text.
            JsonType::Integer | JsonType::Float => Ok(value.get().to_owned()),
            // Half of a surrogate pair is valid JSON, but no text.
            JsonType::String => serde_json::from_str(value.get()).map_err(|_| self.not_a_string()),
            JsonType::Boolean | JsonType::Array | JsonType::Object => Err(self.not_a_string()),
        }
    }

    fn not_a_string(&self) -> ApiError {
        validation_error(self.name, "invalid_input", "Not a valid string.")
    }
}
