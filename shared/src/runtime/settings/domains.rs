//! Which domains addresses may have.

use super::{Environment, SettingError};
use crate::domain::domain_policy::{DomainList, DomainPolicy};

/// `ALLOWED_DOMAINS` and `DENIED_DOMAINS`. Without them, all domains are accepted.
pub fn domain_policy(environment: &Environment) -> Result<DomainPolicy, SettingError> {
    Ok(DomainPolicy {
        allowed: list(environment, "ALLOWED_DOMAINS")?,
        denied: list(environment, "DENIED_DOMAINS")?.unwrap_or_default(),
    })
}

fn list(environment: &Environment, name: &'static str) -> Result<Option<DomainList>, SettingError> {
    let text = environment.optional(name);
    text.map(|text| DomainList::parse(&text).map_err(|error| SettingError::new(name, error)))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(allowed: &str, denied: &str) -> Result<DomainPolicy, String> {
        let settings = [("ALLOWED_DOMAINS", allowed), ("DENIED_DOMAINS", denied)];
        domain_policy(&Environment::from_pairs(&settings)).map_err(|error| error.to_string())
    }

    #[test]
    fn lists_of_domains_are_settings() {
        assert_eq!(read("", " "), Ok(DomainPolicy::default()));
        let list = |text| DomainList::parse(text).unwrap();
        let policy = DomainPolicy {
            allowed: Some(list("a.example")),
            denied: list("b.example"),
        };
        assert_eq!(read("a.example", "b.example"), Ok(policy));
    }

    #[test]
    fn a_wrong_list_is_named() {
        let problem = "must be domains such as acme.example, or *.acme.example for its \
                       subdomains, with commas between; entry 2 is neither";
        for (allowed, denied, error) in [
            (
                "acme.example,",
                "",
                format!("setting ALLOWED_DOMAINS: {problem}"),
            ),
            (
                "",
                "acme.example, acme",
                format!("setting DENIED_DOMAINS: {problem}"),
            ),
        ] {
            assert_eq!(read(allowed, denied).unwrap_err(), error);
        }
    }
}
