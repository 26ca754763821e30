//! Which notices are mailed.

use super::{Environment, SettingError};
use crate::domain::notice::ChangeNotice;

/// `CHANGE_NOTICE`.
pub fn change_notice(environment: &Environment) -> Result<ChangeNotice, SettingError> {
    const NAME: &str = "CHANGE_NOTICE";
    let Some(text) = environment.optional(NAME) else {
        return Ok(ChangeNotice::default());
    };
    text.parse()
        .map_err(|_| SettingError::new(NAME, "must be done, asked or off"))
}
