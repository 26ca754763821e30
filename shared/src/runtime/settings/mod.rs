//! Settings from the environment. A wrong setting stops the function at its start, with one log
//! line.

pub mod brand;
pub mod domains;
pub mod network;
pub mod notices;
pub mod proofs;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::ops::RangeInclusive;

use thiserror::Error;

use crate::domain::invalid_setting::InvalidSetting;

/// Where settings are read from: the process's environment, or a program's own values.
pub struct Environment(Box<LookUp>);

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

#[derive(Debug, Error)]
#[error("setting {name}: {problem}")]
pub struct SettingError {
    name: &'static str,
    problem: Cow<'static, str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SettingError {
    /// The problem is in the form "must be …".
    #[must_use]
    pub fn new(name: &'static str, invalid: impl Into<InvalidSetting>) -> Self {
        let InvalidSetting { problem, source } = invalid.into();
        Self {
            name,
            problem,
            source,
        }
    }

    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl Environment {
    #[must_use]
    pub fn of_process() -> Self {
        // A value that is not Unicode must not read as absent: a secret would not be required then.
        Self::from_fn(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()))
    }

    /// Settings that `look_up` knows.
    pub fn from_fn(look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Box::new(look_up))
    }

    /// Of two with the same name, the first counts.
    #[must_use]
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> Self {
        let owned = |(name, value): &(N, V)| (name.as_ref().to_owned(), value.as_ref().to_owned());
        let pairs: Vec<_> = pairs.iter().map(owned).collect();
        Self::from_fn(move |name| {
            let of_name = pairs.iter().find(|(key, _)| key == name);
            of_name.map(|(_, value)| value.clone())
        })
    }

    /// `None` also for a blank setting, as a template cannot leave a variable out.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// `None`: it is not set.
    pub fn whole_number(
        &self,
        name: &'static str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, SettingError> {
        let Some(text) = self.optional(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = range.into_inner();
            SettingError::new(
                name,
                format!("must be a whole number from {least} to {most}"),
            )
        })
    }

    /// `None`: it is not set.
    pub fn boolean(&self, name: &'static str) -> Result<Option<bool>, SettingError> {
        let Some(text) = self.optional(name) else {
            return Ok(None);
        };
        let value = text.parse().ok();
        value
            .map(Some)
            .ok_or_else(|| SettingError::new(name, "must be true or false"))
    }

    pub fn required(&self, name: &'static str) -> Result<String, SettingError> {
        self.optional(name)
            .ok_or_else(|| SettingError::new(name, "must be set"))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// `STAGE`: the deployment's name in SES's events, `prod` by default.
pub fn stage(environment: &Environment) -> Result<String, SettingError> {
    Ok(ses_name(environment, "STAGE")?.unwrap_or_else(|| DEFAULT_STAGE.to_owned()))
}

const DEFAULT_STAGE: &str = "prod";
/// Longest name of a configuration set. A stage may be as long.
const MAX_SES_NAME_LENGTH: usize = 64;

/// A name of the characters that SES allows both in names of configuration sets and in values of
/// tags.
pub fn ses_name(
    environment: &Environment,
    name: &'static str,
) -> Result<Option<String>, SettingError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match environment.optional(name) {
        Some(text) if text.len() > MAX_SES_NAME_LENGTH || !text.bytes().all(is_allowed) => {
            let problem =
                format!("must be no more than {MAX_SES_NAME_LENGTH} letters, digits, _ and -");
            Err(SettingError::new(name, problem))
        }
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_setting_counts_as_missing() {
        let environment = Environment::from_pairs(&[("BLANK", "  ")]);
        for name in ["BLANK", "ABSENT"] {
            assert_eq!(environment.optional(name), None);
            assert_eq!(
                environment.required(name).unwrap_err().to_string(),
                format!("setting {name}: must be set")
            );
        }
    }

    #[test]
    fn a_stage_has_at_most_64_characters() {
        for (length, is_allowed) in [(64, true), (65, false)] {
            let environment = Environment::from_pairs(&[("STAGE", "x".repeat(length))]);
            assert_eq!(stage(&environment).is_ok(), is_allowed, "{length}");
        }
    }
}
