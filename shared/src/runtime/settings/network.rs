//! The public URL, the proxy in front, and the link to the app.

use super::{Environment, SettingError};
use crate::api::Origin;
use crate::brand::public_url::PublicUrl;
use crate::brand::return_origins::ReturnOrigins;
use crate::brand::web_url::WebUrl;

/// `PUBLIC_URL`.
pub fn public_url(environment: &Environment) -> Result<Option<PublicUrl>, SettingError> {
    const NAME: &str = "PUBLIC_URL";
    let text = environment.optional(NAME);
    text.map(|text| PublicUrl::parse(&text).map_err(|error| SettingError::new(NAME, error)))
        .transpose()
}

/// `APP_URL`: the link on the page after a verification.
pub fn app_url(environment: &Environment) -> Result<Option<WebUrl>, SettingError> {
    const NAME: &str = "APP_URL";
    let text = environment.optional(NAME);
    text.map(|text| WebUrl::parse(&text).map_err(|error| SettingError::new(NAME, error)))
        .transpose()
}

/// `RETURN_ORIGINS`, and the origin of `APP_URL`: where a request may lead its reader back to.
pub fn return_origins(environment: &Environment) -> Result<ReturnOrigins, SettingError> {
    const NAME: &str = "RETURN_ORIGINS";
    let app = app_url(environment)?;
    let text = environment.optional(NAME).unwrap_or_default();
    ReturnOrigins::parse(&text, app.as_ref()).map_err(|error| SettingError::new(NAME, error))
}

/// `ORIGIN_SECRET`. Without it, requests may come from anywhere.
pub fn origin(environment: &Environment) -> Result<Origin, SettingError> {
    const NAME: &str = "ORIGIN_SECRET";
    let text = environment.optional(NAME).unwrap_or_default();
    Origin::parse(&text).map_err(|error| SettingError::new(NAME, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry;

    #[test]
    fn an_error_keeps_its_source() {
        let environment =
            Environment::from_pairs(&[("PUBLIC_URL", "https://app.example.com:port")]);
        let error = public_url(&environment).unwrap_err();
        assert_eq!(
            telemetry::chain(&error),
            "setting PUBLIC_URL: must be a URL: invalid port number"
        );
    }
}
