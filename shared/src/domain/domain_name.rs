//! Domain names in their ASCII form.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// Longest label of a domain name in bytes (RFC 1035, section 2.3.4).
const MAX_LABEL_LENGTH: usize = 63;
/// Longest domain name in bytes, in its text form (RFC 1035, section 2.3.4).
const MAX_DOMAIN_LENGTH: usize = 253;

/// The form that identifies a domain name of at least two labels: lower case, as A-labels.
pub(crate) fn canonical(domain: &str) -> Option<String> {
    let a_labels = Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()?;
    is_domain_name(&a_labels).then(|| a_labels.to_ascii_lowercase())
}

/// At least two labels, each of letters, digits and inner hyphens; the last one no number, as
/// `127.0.0.1` is not a name (RFC 1123, section 2.1; RFC 3696, section 2).
pub(crate) fn is_domain_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL_LENGTH).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= MAX_DOMAIN_LENGTH
        && domain.split('.').all(is_label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, top_level)| !top_level.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_name_is_ascii_in_lower_case() {
        for (text, name) in [
            ("Example.COM", Some("example.com")),
            ("Bücher.example", Some("xn--bcher-kva.example")),
            ("XN--BCHER-KVA.example", Some("xn--bcher-kva.example")),
            ("example。com", Some("example.com")),
            ("example", None),
            ("example.com.", None),
            ("xn--a.example", None),
            ("*.example.com", None),
        ] {
            assert_eq!(canonical(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_domain_name_has_two_labels_or_more() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        for name in [
            "a.b",
            "A-1.example.COM",
            "1.example",
            "a.b1",
            "a.1b",
            &longest,
        ] {
            assert!(is_domain_name(name), "{name}");
        }
        for name in [
            "",
            "a",
            "a.",
            ".a",
            "a..b",
            "-a.b",
            "a-.b",
            "a_b.c",
            "a b.c",
            "ä.b",
            "127.0.0.1",
            &format!("a{label}.b"),
            &format!("{longest}a"),
        ] {
            assert!(!is_domain_name(name), "{name}");
        }
    }
}
