//! The keys of codes, what mails carry, lifetimes of proofs, and the rate limit of mails.

use std::time::Duration;

use super::{Environment, SettingError};
use crate::domain::mail_content::MailContent;
use crate::domain::proof::ProofLifetimes;
use crate::domain::rate_limit::MailLimit;
use crate::domain::verification_code::CodeKeys;

/// `CODE_KEYS`: the current key, and the previous one after a comma if there is one.
pub fn code_keys(environment: &Environment) -> Result<CodeKeys, SettingError> {
    const NAME: &str = "CODE_KEYS";
    let text = environment.required(NAME)?;
    CodeKeys::parse(&text).map_err(|error| SettingError::new(NAME, error))
}

/// `MAIL_CONTENT`.
pub fn mail_content(environment: &Environment) -> Result<MailContent, SettingError> {
    const NAME: &str = "MAIL_CONTENT";
    let Some(text) = environment.optional(NAME) else {
        return Ok(MailContent::default());
    };
    MailContent::parse(&text)
        .ok_or_else(|| SettingError::new(NAME, "must be one of both, link, code"))
}

/// `CODE_IN_SUBJECT`.
pub fn code_in_subject(environment: &Environment) -> Result<bool, SettingError> {
    Ok(environment.boolean("CODE_IN_SUBJECT")?.unwrap_or(true))
}

/// `LINK_LIFETIME_HOURS` and `CODE_LIFETIME_MINUTES`.
pub fn lifetimes(environment: &Environment) -> Result<ProofLifetimes, SettingError> {
    const DEFAULT: ProofLifetimes = ProofLifetimes::DEFAULT;
    let link = environment.whole_number("LINK_LIFETIME_HOURS", ProofLifetimes::LINK_HOURS)?;
    let code = environment.whole_number("CODE_LIFETIME_MINUTES", ProofLifetimes::CODE_MINUTES)?;
    Ok(ProofLifetimes {
        link: link.map_or(DEFAULT.link, Duration::from_hours),
        code: code.map_or(DEFAULT.code, Duration::from_mins),
    })
}

/// `MAILS_PER_DAY`.
pub fn mail_limit(environment: &Environment) -> Result<MailLimit, SettingError> {
    let max = environment.whole_number("MAILS_PER_DAY", MailLimit::BOUNDS)?;
    Ok(max.map_or(MailLimit::DEFAULT, MailLimit::per_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lifetimes(link: &str, code: &str) -> Result<ProofLifetimes, String> {
        let environment = Environment::from_pairs(&[
            ("LINK_LIFETIME_HOURS", link),
            ("CODE_LIFETIME_MINUTES", code),
        ]);
        lifetimes(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn lifetimes_are_settings() {
        assert_eq!(read_lifetimes("", ""), Ok(ProofLifetimes::DEFAULT));
        let shortest = ProofLifetimes {
            link: Duration::from_hours(1),
            code: Duration::from_mins(5),
        };
        assert_eq!(read_lifetimes("1", " 5 "), Ok(shortest));
        let longest = ProofLifetimes {
            link: Duration::from_hours(168),
            code: Duration::from_hours(1),
        };
        assert_eq!(read_lifetimes("168", "60"), Ok(longest));
        assert!(ProofLifetimes::CODE_MINUTES.end() <= &(60 * ProofLifetimes::LINK_HOURS.start()));
    }

    #[test]
    fn both_are_mailed_by_default() {
        let content = |text| {
            mail_content(&Environment::from_pairs(&[("MAIL_CONTENT", text)]))
                .map_err(|error| error.to_string())
        };
        assert_eq!(content(""), Ok(MailContent::Both));
        assert_eq!(content("link"), Ok(MailContent::Link));
        assert_eq!(
            content("links").unwrap_err(),
            "setting MAIL_CONTENT: must be one of both, link, code"
        );
    }

    #[test]
    fn the_subject_has_the_code_by_default() {
        for (value, expected) in [("", true), ("true", true), ("false", false)] {
            let environment = Environment::from_pairs(&[("CODE_IN_SUBJECT", value)]);
            assert_eq!(code_in_subject(&environment).unwrap(), expected, "{value}");
        }
    }

    #[test]
    fn errors_name_the_bounds() {
        for link in ["0", "169", "-1", "1.5", "1h", "99999999999999999999"] {
            assert_eq!(
                read_lifetimes(link, "30").unwrap_err(),
                "setting LINK_LIFETIME_HOURS: must be a whole number from 1 to 168"
            );
        }
        for code in ["4", "61", "half an hour"] {
            assert_eq!(
                read_lifetimes("24", code).unwrap_err(),
                "setting CODE_LIFETIME_MINUTES: must be a whole number from 5 to 60"
            );
        }
    }

    #[test]
    fn mail_content_is_a_setting() {
        let content = |text: &str| {
            mail_content(&Environment::from_pairs(&[("MAIL_CONTENT", text)]))
                .map_err(|error| error.to_string())
        };
        assert_eq!(content(""), Ok(MailContent::Both));
        for &each in MailContent::ALL {
            assert_eq!(content(each.as_str()), Ok(each));
        }
        assert_eq!(
            content("Code").unwrap_err(),
            "setting MAIL_CONTENT: must be one of both, link, code"
        );
    }

    #[test]
    fn mails_per_day_is_a_setting() {
        let limit = |text: &str| {
            mail_limit(&Environment::from_pairs(&[("MAILS_PER_DAY", text)]))
                .map(|limit| limit.per_day.max)
                .map_err(|error| error.to_string())
        };
        assert_eq!(limit(""), Ok(6));
        assert_eq!(limit("1"), Ok(1));
        assert_eq!(limit("20"), Ok(20));
        for wrong in ["0", "21", "six", "-1", "1.5"] {
            assert_eq!(
                limit(wrong).unwrap_err(),
                "setting MAILS_PER_DAY: must be a whole number from 1 to 20"
            );
        }
    }
}
