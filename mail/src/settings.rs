//! The settings of the mails.

use shared::brand::Brand;
use shared::runtime::settings::{self, Environment, SettingError, ses_name, stage};

use crate::sender::Sender;

#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `SENDER`: an address that SES may send from, alone or as `Name <address>`.
    pub sender: Sender,
    /// `REPLY_TO`: where answers go, if not to the sender.
    pub reply_to: Option<Sender>,
    pub brand: Brand,
    /// `CONFIGURATION_SET`: the SES configuration set to send with.
    pub configuration_set: Option<String>,
    /// `STAGE`: which of several deployments sends, in SES's events. `prod`, if it is not set.
    pub stage: String,
}

/// `SENDER` and `REPLY_TO`.
pub fn sender_and_reply_to(
    environment: &Environment,
) -> Result<(Sender, Option<Sender>), SettingError> {
    let sender =
        |name, text: String| Sender::parse(&text).map_err(|error| SettingError::new(name, error));
    let reply_to = environment.optional("REPLY_TO");
    let reply_to = reply_to.map(|text| sender("REPLY_TO", text)).transpose()?;
    Ok((sender("SENDER", environment.required("SENDER")?)?, reply_to))
}

impl MailSettings {
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        let (sender, reply_to) = sender_and_reply_to(environment)?;
        Ok(Self {
            sender,
            reply_to,
            brand: settings::brand::brand(environment)?,
            configuration_set: ses_name(environment, "CONFIGURATION_SET")?,
            stage: stage(environment)?,
        })
    }

    /// The support's address, or else the one that an answer to a mail goes to. `None`: nobody
    /// reads what arrives there.
    #[must_use]
    pub fn address_for_questions(&self) -> Option<&str> {
        let answers = self.reply_to.as_ref().unwrap_or(&self.sender);
        let answers = (!answers.is_no_reply()).then(|| answers.address().deliverable());
        self.brand.support_address().or(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: [(&str, &str); 2] = [
        ("PRODUCT_NAME", "Acme"),
        ("SENDER", "Acme <no-reply@acme.example>"),
    ];

    fn settings(changed: (&str, &str)) -> Result<MailSettings, String> {
        let environment = Environment::from_pairs(&[&[changed], &COMPLETE[..]].concat());
        MailSettings::from_environment(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn only_two_settings_are_required() {
        let settings = settings(("", "")).unwrap();
        assert_eq!(settings.stage, "prod");
        assert_eq!(
            (settings.reply_to, settings.configuration_set),
            (None, None)
        );
    }

    #[test]
    fn support_then_reply_to_then_sender() {
        for (support, reply_to, sender, asked) in [
            (
                "help@acme.example",
                "team@acme.example",
                "hi@acme.example",
                "help@acme.example",
            ),
            (
                "",
                "Team <team@acme.example>",
                "no-reply@acme.example",
                "team@acme.example",
            ),
            ("", "", "Acme <hi@acme.example>", "hi@acme.example"),
            ("", "", "Acme <no-reply@acme.example>", ""),
            ("", "noreply@acme.example", "hi@acme.example", ""),
        ] {
            let environment = Environment::from_pairs(&[
                ("PRODUCT_NAME", "Acme"),
                ("SUPPORT_ADDRESS", support),
                ("REPLY_TO", reply_to),
                ("SENDER", sender),
            ]);
            let settings = MailSettings::from_environment(&environment).unwrap();
            assert_eq!(settings.address_for_questions().unwrap_or_default(), asked);
        }
    }

    #[test]
    fn an_error_names_its_setting() {
        for (changed, problem) in [
            (("PRODUCT_NAME", " "), "must be set"),
            (("SENDER", ""), "must be set"),
            (
                ("SENDER", "Acme"),
                "must be an address, alone or as \"Name <address>\"",
            ),
            (
                ("SENDER", "=?UTF-8?B?S8Okc2U= <a@acme.example>"),
                "must contain encoded words (=?…?=) only as RFC 2047 writes them",
            ),
            (
                ("REPLY_TO", "help"),
                "must be an address, alone or as \"Name <address>\"",
            ),
            (
                ("CONFIGURATION_SET", "my mails"),
                "must be no more than 64 letters, digits, _ and -",
            ),
            (
                ("STAGE", "büro"),
                "must be no more than 64 letters, digits, _ and -",
            ),
            (
                ("ACCENT_COLOR", "yellow"),
                "must be a colour such as #1f4fd8",
            ),
            (
                ("SUPPORT_ADDRESS", "Help <help@acme.example>"),
                "must be one address, without a name",
            ),
        ] {
            let error = settings(changed).unwrap_err();
            assert!(
                error.starts_with(&format!("setting {}: {problem}", changed.0)),
                "{error}"
            );
        }
    }
}
