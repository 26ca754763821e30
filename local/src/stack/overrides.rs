//! Settings of the functions that a person sets in place of the defaults.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use shared::runtime::settings::{Environment, SettingError};
use thiserror::Error;

use super::env_file::{self, LineError};
use super::setting_names::{brand_settings, nearest, settings};
use super::settings::{Setting, is_own};

/// Of two values of a setting the last counts.
#[derive(Clone, Debug, Default)]
pub struct Overrides(Vec<(Origin, Setting)>);

/// Where a setting was set.
#[derive(Clone, Debug)]
pub enum Origin {
    Environment,
    Line { file: PathBuf, number: usize },
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("environment"),
            Self::Line { file, number } => write!(f, "{}, line {number}", file.display()),
            Self::Flag => f.write_str("--set"),
        }
    }
}

/// For the person who set it. It has no value, which may be secret, nor a text that may be a value.
#[derive(Debug, Error)]
pub enum OverrideError {
    #[error("{origin}")]
    Malformed { origin: Origin, source: LineError },
    #[error("give a text file with --env-file; {} cannot be read", file.display())]
    File { file: PathBuf, source: io::Error },
}

/// A value that a function refuses.
#[derive(Debug, Error)]
pub enum WrongSetting {
    #[error("{origin}")]
    Override {
        origin: Origin,
        source: SettingError,
    },
    #[error(transparent)]
    Default(SettingError),
}

#[derive(Debug, Error)]
pub enum NameError {
    #[error("must be NAME=VALUE, such as PRODUCT_NAME=Acme")]
    NoAssignment,
    #[error("remove {0}; this program uses its own table and emulates AWS")]
    Own(String),
    #[error("there is no setting {typed}; did you mean {nearest}?")]
    Misspelt {
        typed: String,
        nearest: &'static str,
    },
    #[error(
        "no setting has the name before the =; choose one of {}",
        settings().collect::<Vec<_>>().join(", ")
    )]
    Unknown,
}

impl Overrides {
    /// The values of the environment, the file and `flags` (`NAME=VALUE`). Only the brand is read
    /// from the environment: other variables may be there for other programs.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or an assignment is malformed or names no setting.
    pub fn read(
        environment: &Environment,
        file: Option<&Path>,
        flags: &[String],
    ) -> Result<Self, OverrideError> {
        let of_brand = brand_settings(environment).into_iter();
        let mut all = Self(of_brand.map(|one| (Origin::Environment, one)).collect());
        if let Some(file) = file {
            let text = std::fs::read_to_string(file).map_err(|source| OverrideError::File {
                file: file.to_owned(),
                source,
            })?;
            for (number, line) in env_file::lines(&text) {
                let file = file.to_owned();
                all.add(Origin::Line { file, number }, env_file::read(line))?;
            }
        }
        for flag in flags {
            let read = assignment(flag).map(|(name, value)| (name, value.to_owned()));
            all.add(Origin::Flag, read.map_err(LineError::from))?;
        }
        Ok(all)
    }

    fn add(
        &mut self,
        origin: Origin,
        read: Result<Setting, LineError>,
    ) -> Result<(), OverrideError> {
        match read {
            Ok(setting) => self.0.push((origin, setting)),
            Err(source) => return Err(OverrideError::Malformed { origin, source }),
        }
        Ok(())
    }

    pub fn settings(&self) -> impl Iterator<Item = Setting> {
        self.0.iter().map(|(_, setting)| setting.clone())
    }

    /// Adds where the value was set.
    pub(super) fn locate(&self, error: SettingError) -> WrongSetting {
        let mut latest_first = self.0.iter().rev();
        let wrong = latest_first.find(|(_, (name, _))| *name == error.name());
        match wrong {
            Some((origin, _)) => WrongSetting::Override {
                origin: origin.clone(),
                source: error,
            },
            None => WrongSetting::Default(error),
        }
    }
}

/// The setting and its value as it is written.
pub(super) fn assignment(text: &str) -> Result<(&'static str, &str), NameError> {
    let (name, value) = text.split_once('=').ok_or(NameError::NoAssignment)?;
    let name = name.trim();
    if is_own(name) {
        return Err(NameError::Own(name.to_owned()));
    }
    match settings().find(|known| *known == name) {
        Some(known) => Ok((known, value)),
        None => Err(
            nearest(name).map_or(NameError::Unknown, |nearest| NameError::Misspelt {
                typed: name.to_owned(),
                nearest,
            }),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(flag: &str) -> String {
        assignment(flag).unwrap_err().to_string()
    }

    #[test]
    fn a_value_may_contain_anything() {
        let read = assignment("SENDER=Käse = \"1\" <a@acme.example>").unwrap();
        assert_eq!(read, ("SENDER", "Käse = \"1\" <a@acme.example>"));
    }

    #[test]
    fn a_wrong_name_is_explained() {
        let own = |name| format!("remove {name}; this program uses its own table and emulates AWS");
        for (flag, error) in [
            (
                "SENDER",
                "must be NAME=VALUE, such as PRODUCT_NAME=Acme".to_owned(),
            ),
            (
                "SENDR=x",
                "there is no setting SENDR; did you mean SENDER?".to_owned(),
            ),
            ("TABLE_NAME=x", own("TABLE_NAME")),
            ("AWS_REGION=x", own("AWS_REGION")),
            ("AWS_SECRET_ACCESS_KEY=x", own("AWS_SECRET_ACCESS_KEY")),
        ] {
            assert_eq!(error_of(flag), error);
        }
    }

    #[test]
    fn an_unknown_name_brings_the_list() {
        // A person may have forgotten the name.
        let error = error_of("c2VjcmV0LXNlY3JldA==");
        assert!(
            error.starts_with("no setting has the name before the =; choose one of ACCENT_COLOR, "),
            "{error}"
        );
        assert!(!error.contains("c2Vj") && !error.contains("TABLE_NAME"));
    }
}
