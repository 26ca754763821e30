//! Which domains addresses may have.
//!
//! Each list errs on the safe side. A domain is allowed alone, as subdomains may belong to others:
//! the customers or the students of its owner, or whoever takes over a forgotten one. A domain is
//! denied with its subdomains, as services for throw-away addresses hand out any of them.

use crate::domain::domain_name;
use crate::domain::email_address::EmailAddress;
use crate::domain::invalid_setting::InvalidSetting;

/// A domain that is on both lists is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPolicy {
    /// `None`: all domains.
    pub allowed: Option<DomainList>,
    pub denied: DomainList,
}

/// Domains (`acme.example`) and groups of subdomains (`*.acme.example`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainList(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Domain(String),
    /// All subdomains of a domain, without itself. The text begins with the dot.
    Subdomains(String),
}

impl DomainPolicy {
    #[must_use]
    pub fn accepts(&self, address: &EmailAddress) -> bool {
        let domain = address.domain();
        let is_allowed = |list: &DomainList| list.0.iter().any(|entry| entry.allows(domain));
        self.allowed.as_ref().is_none_or(is_allowed)
            && !self.denied.0.iter().any(|entry| entry.denies(domain))
    }
}

impl DomainList {
    /// Reads domains in any spelling of addresses, separated by commas.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        let entries = (1..).zip(text.split(',')).map(|(number, entry)| {
            Entry::parse(entry.trim()).ok_or_else(|| {
                format!(
                    "must be domains such as acme.example, or *.acme.example for its subdomains, \
                     with commas between; entry {number} is neither"
                )
            })
        });
        Ok(Self(entries.collect::<Result<_, _>>()?))
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        let Some(parent) = text.strip_prefix("*.") else {
            return domain_name::canonical(text).map(Self::Domain);
        };
        // The name of a subdomain is checked, as the parent may be a top-level domain.
        let subdomain = domain_name::canonical(&format!("a.{parent}"))?;
        Some(Self::Subdomains(subdomain.strip_prefix('a')?.to_owned()))
    }

    fn allows(&self, domain: &str) -> bool {
        match self {
            Self::Domain(name) => domain == name,
            Self::Subdomains(end) => domain.ends_with(end),
        }
    }

    fn denies(&self, domain: &str) -> bool {
        match self {
            Self::Domain(name) => domain
                .strip_suffix(name.as_str())
                .is_some_and(|above| above.is_empty() || above.ends_with('.')),
            Self::Subdomains(end) => domain.ends_with(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allowed: &str, denied: &str) -> DomainPolicy {
        let list = |text: &str| (!text.is_empty()).then(|| DomainList::parse(text).unwrap());
        DomainPolicy {
            allowed: list(allowed),
            denied: list(denied).unwrap_or_default(),
        }
    }

    fn accepts(policy: &DomainPolicy, domain: &str) -> bool {
        policy.accepts(&EmailAddress::parse(&format!("ada@{domain}")).unwrap())
    }

    #[test]
    fn without_lists_all_domains_are_accepted() {
        assert!(accepts(&DomainPolicy::default(), "example.com"));
    }

    #[test]
    fn a_domain_is_allowed_alone() {
        let policy = policy("acme.example, *.uni.example", "");
        for domain in [
            "acme.example",
            "ACME.Example",
            "a.uni.example",
            "a.b.uni.example",
        ] {
            assert!(accepts(&policy, domain), "{domain}");
        }
        for domain in [
            "sub.acme.example",
            "notacme.example",
            "acme.example.com",
            "uni.example",
            "auni.example",
            "example.com",
        ] {
            assert!(!accepts(&policy, domain), "{domain}");
        }
    }

    #[test]
    fn a_domain_is_denied_with_subdomains() {
        let policy = policy("", "acme.example,*.uni.example,*.zip");
        for domain in [
            "acme.example",
            "Acme.example",
            "sub.acme.example",
            "a.b.acme.example",
            "a.uni.example",
            "acme.zip",
            "a.b.zip",
        ] {
            assert!(!accepts(&policy, domain), "{domain}");
        }
        for domain in [
            "notacme.example",
            "acme.example.com",
            "uni.example",
            "auni.example",
            "zip.example",
        ] {
            assert!(accepts(&policy, domain), "{domain}");
        }
    }

    #[test]
    fn a_denied_domain_is_not_allowed() {
        let policy = policy("*.uni.example,acme.example", "students.uni.example");
        for (domain, accepted) in [
            ("staff.uni.example", true),
            ("students.uni.example", false),
            ("mail.students.uni.example", false),
            ("acme.example", true),
        ] {
            assert_eq!(accepts(&policy, domain), accepted, "{domain}");
        }
    }

    #[test]
    fn each_spelling_is_the_same_domain() {
        for entry in [
            "bücher.example",
            "BÜCHER.Example",
            "bu\u{308}cher.example",
            "xn--bcher-kva.example",
            "XN--Bcher-Kva.EXAMPLE",
            "ｂücher。example",
            "  bücher.example\t",
        ] {
            for domain in ["bücher.example", "xn--bcher-kva.example"] {
                assert!(accepts(&policy(entry, ""), domain), "{entry:?}");
                assert!(!accepts(&policy("", entry), domain), "{entry:?}");
            }
            assert!(!accepts(&policy(entry, ""), "bucher.example"), "{entry:?}");
        }
        assert!(accepts(&policy("*.рф", ""), "почта.рф"));
    }

    #[test]
    fn a_wrong_entry_is_numbered() {
        for entry in [
            "",
            "acme",
            "*",
            "*.",
            "*acme.example",
            "a.*.example",
            "*.*.example",
            ".acme.example",
            "acme.example.",
            "@acme.example",
            "ada@acme.example",
            "https://acme.example",
            "acme.example other.example",
            "acme.example;other.example",
            "ac_me.example",
            "127.0.0.1",
            "\u{7f}",
        ] {
            let error = DomainList::parse(&format!("acme.example, {entry},*.zip")).unwrap_err();
            assert_eq!(
                error.to_string(),
                "must be domains such as acme.example, or *.acme.example for its subdomains, with \
                 commas between; entry 2 is neither",
                "{entry:?}"
            );
        }
    }
}
