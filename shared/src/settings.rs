//! Settings from the environment. A wrong one stops the function at its start, with one line that
//! names it.

use std::fmt;

/// Where settings are read from: the process's environment, or a program's own values.
pub struct Environment(Box<LookUp>);

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

/// A setting that the function cannot start with.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The environment variable.
    pub name: &'static str,
    /// What is wrong with it, in the form "must be …".
    pub problem: String,
}

impl SettingError {
    /// The setting `name` is wrong as `problem` says.
    #[must_use]
    pub fn new(name: &'static str, problem: impl Into<String>) -> Self {
        Self {
            name,
            problem: problem.into(),
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "setting {}: {}", self.name, self.problem)
    }
}

impl std::error::Error for SettingError {}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::from_fn(|name| std::env::var(name).ok())
    }

    /// Settings that `look_up` tells.
    pub fn from_fn(look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Box::new(look_up))
    }

    /// A setting that may be left out. A blank one counts as left out, as a template has no other
    /// way to leave a variable out.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// A setting that has to be there.
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

/// Who may call the endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiAccess {
    /// Holders of a key with the scope `user:write`.
    Key,
    /// Anybody, for browsers that cannot hold a secret.
    Public,
}

/// Settings of every endpoint.
#[derive(Clone, Debug)]
pub struct ApiSettings {
    /// The name of the table, `TABLE_NAME`.
    pub table: String,
    /// `API_ACCESS`: `key` (default) or `public`.
    pub access: ApiAccess,
    /// `ALLOWED_ORIGINS`: whose pages may call from a browser in public mode, with commas between. Empty if
    /// it is not set or if callers need a key.
    pub allowed_origins: Vec<String>,
}

impl ApiSettings {
    /// Reads the settings.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        let access = match environment.optional("API_ACCESS").as_deref() {
            None | Some("key") => ApiAccess::Key,
            Some("public") => ApiAccess::Public,
            Some(_) => return Err(SettingError::new("API_ACCESS", "must be key or public")),
        };
        let allowed_origins = match access {
            ApiAccess::Key => None,
            ApiAccess::Public => environment.optional("ALLOWED_ORIGINS"),
        };
        Ok(Self {
            table: environment.required("TABLE_NAME")?,
            access,
            allowed_origins: allowed_origins
                .iter()
                .flat_map(|origins| origins.split(','))
                .map(|origin| origin.trim().to_owned())
                .collect(),
        })
    }
}

/// `STAGE`: which of several deployments this is, in SES's events. `prod`, if it is not set.
pub fn stage(environment: &Environment) -> Result<String, SettingError> {
    Ok(ses_name(environment, "STAGE")?.unwrap_or_else(|| DEFAULT_STAGE.to_owned()))
}

const DEFAULT_STAGE: &str = "prod";
/// Longest name of a configuration set; a stage gets no more.
const MAX_SES_NAME_LENGTH: usize = 64;

/// A name of the characters that SES allows in names of configuration sets and in values of tags alike.
pub(crate) fn ses_name(
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

    fn environment(values: &'static [(&str, &str)]) -> Environment {
        Environment::from_fn(|name| {
            values
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn access_takes_a_key_unless_it_is_said_to_be_public() {
        let access = |values| {
            ApiSettings::from_environment(&environment(values)).map(|settings| settings.access)
        };
        assert_eq!(access(&[("TABLE_NAME", "mailproof")]), Ok(ApiAccess::Key));
        assert_eq!(
            access(&[("TABLE_NAME", "mailproof"), ("API_ACCESS", "")]),
            Ok(ApiAccess::Key)
        );
        assert_eq!(
            access(&[("TABLE_NAME", "mailproof"), ("API_ACCESS", "public")]),
            Ok(ApiAccess::Public)
        );
    }

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        let error = |values| {
            ApiSettings::from_environment(&environment(values))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(error(&[]), "setting TABLE_NAME: must be set");
        assert_eq!(
            error(&[("TABLE_NAME", "  ")]),
            "setting TABLE_NAME: must be set"
        );
        assert_eq!(
            error(&[("TABLE_NAME", "mailproof"), ("API_ACCESS", "none")]),
            "setting API_ACCESS: must be key or public"
        );
    }
}
