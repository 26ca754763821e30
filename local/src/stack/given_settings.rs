//! Settings of the functions that a person gives in place of the usual ones.

use std::io;
use std::path::{Path, PathBuf};

use shared::runtime::settings::Environment;
use thiserror::Error;

use super::env_file::{self, LineError};
use super::known_settings::{brand_settings, nearest, settings};
use super::settings::{Setting, is_own};

/// For the person who gave the setting. It has no value, which may be secret, nor a text that may
/// be a value.
#[derive(Debug, Error)]
pub enum GivenError {
    #[error("--set")]
    Flag(#[source] NameError),
    #[error("{}, line {number}", file.display())]
    Line {
        file: PathBuf,
        number: usize,
        source: LineError,
    },
    #[error("give a file of text with --env-file; {} cannot be read", file.display())]
    File { file: PathBuf, source: io::Error },
}

#[derive(Debug, Error)]
pub enum NameError {
    #[error("must be NAME=VALUE, such as PRODUCT_NAME=Acme")]
    NoAssignment,
    #[error("leave {0} out; this program has its own table and its own AWS")]
    Own(String),
    #[error("did you mean {nearest}? There is no setting {typed}")]
    Misspelt {
        typed: String,
        nearest: &'static str,
    },
    #[error(
        "choose one of {}; no setting has the name before the =",
        settings().collect::<Vec<_>>().join(", ")
    )]
    Unknown,
}

/// The values of `flags` (`NAME=VALUE`), of the file and of the environment. Only the brand is read
/// from the environment: other variables may be there for other programs. Of two values of a
/// setting the last counts.
///
/// # Errors
///
/// The file cannot be read, or an assignment is malformed or names no setting.
pub fn given_settings(
    environment: &Environment,
    file: Option<&Path>,
    flags: &[String],
) -> Result<Vec<Setting>, GivenError> {
    let mut given = brand_settings(environment);
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).map_err(|source| GivenError::File {
            file: file.to_owned(),
            source,
        })?;
        for (number, line) in env_file::lines(&text) {
            given.push(env_file::read(line).map_err(|source| GivenError::Line {
                file: file.to_owned(),
                number,
                source,
            })?);
        }
    }
    for flag in flags {
        let (name, value) = assignment(flag).map_err(GivenError::Flag)?;
        given.push((name, value.to_owned()));
    }
    Ok(given)
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
        let own =
            |name| format!("leave {name} out; this program has its own table and its own AWS");
        for (flag, error) in [
            (
                "SENDER",
                "must be NAME=VALUE, such as PRODUCT_NAME=Acme".to_owned(),
            ),
            (
                "SENDR=x",
                "did you mean SENDER? There is no setting SENDR".to_owned(),
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
            error.starts_with("choose one of ACCENT_COLOR, APP_URL, "),
            "{error}"
        );
        assert!(!error.contains("c2Vj") && !error.contains("TABLE_NAME"));
    }
}
