//! The public URL, the proxy in front, and the link to the app.

use super::{Environment, SettingError, proofs};
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

/// Why mails do not link to the built-in page, as the problem of a setting that is for it alone.
pub fn without_page(environment: &Environment) -> Result<Option<&'static str>, SettingError> {
    if environment.optional("VERIFICATION_URL").is_some() {
        return Ok(Some(
            "must not be set if VERIFICATION_URL is, as it is for the built-in page",
        ));
    }
    let has_link = proofs::mail_content(environment)?.has_link();
    Ok((!has_link).then_some("must not be set if MAIL_CONTENT is code, as there is no page"))
}

/// Refuses what only the built-in page reads if mails do not link to it. Then no request leads
/// anywhere.
pub fn refuse_without_page(environment: &Environment) -> Result<(), SettingError> {
    let Some(problem) = without_page(environment)? else {
        return Ok(());
    };
    let mut of_page = ["RETURN_ORIGINS", "APP_URL"].into_iter();
    let set = of_page.find(|name| environment.optional(name).is_some());
    set.map_or(Ok(()), |name| Err(SettingError::new(name, problem)))
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
    fn only_the_built_in_page_leads_anywhere() {
        let refused = |settings: &[(&str, &str)]| {
            let environment = Environment::from_pairs(settings);
            let error = refuse_without_page(&environment).err();
            error.map(|error| error.to_string())
        };
        let own = ("VERIFICATION_URL", "https://a.example/#{uuid}/{token}");
        let code = ("MAIL_CONTENT", "code");
        for name in ["APP_URL", "RETURN_ORIGINS"] {
            let set = (name, "https://app.example.com");
            assert_eq!(refused(&[set, ("MAIL_CONTENT", "link")]), None);
            for (without, problem) in [
                (own, "VERIFICATION_URL is, as it is for the built-in page"),
                (code, "MAIL_CONTENT is code, as there is no page"),
            ] {
                assert_eq!(refused(&[without]), None);
                let error = format!("setting {name}: must not be set if {problem}");
                assert_eq!(refused(&[set, without]), Some(error));
            }
        }
    }

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
