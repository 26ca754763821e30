//! The public URL, and the proxy in front.

use super::{Environment, SettingError};
use crate::api::Origin;
use crate::brand::public_url::PublicUrl;

/// `PUBLIC_URL`.
pub fn public_url(environment: &Environment) -> Result<Option<PublicUrl>, SettingError> {
    const NAME: &str = "PUBLIC_URL";
    let text = environment.optional(NAME);
    text.map(|text| PublicUrl::parse(&text).map_err(|problem| SettingError::new(NAME, problem)))
        .transpose()
}

/// `ORIGIN_SECRET`. Without it, requests may come from anywhere.
pub fn origin(environment: &Environment) -> Result<Origin, SettingError> {
    const NAME: &str = "ORIGIN_SECRET";
    let text = environment.optional(NAME).unwrap_or_default();
    Origin::parse(&text).map_err(|problem| SettingError::new(NAME, problem))
}
