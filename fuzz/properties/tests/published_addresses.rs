//! Addresses of the tests of isemail 3.05 (<https://isemail.info>), which knows all of RFC 5321 and
//! RFC 5322: what it says of them, what we decide, and why.

use shared::domain::email_address::EmailAddress;

/// What isemail says. Records of DNS do not matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Published {
    Valid,
    /// Valid in SMTP, with unusual elements.
    Unusual,
    /// Valid in a header alone, or deprecated.
    Elsewhere,
    Invalid,
}
use Published::{Elsewhere, Invalid, Unusual, Valid};

/// What isemail says, whether we accept them, why, and the addresses.
type Group = (Published, bool, &'static str, &'static [&'static str]);

const GROUPS: &[Group] = &[
    (
        Valid,
        true,
        "dot-atoms at a domain name",
        &[
            "test@iana.org",
            "test@nominet.org.uk",
            "test@about.museum",
            "a@iana.org",
            "test@e.com",
            "test@iana.a",
            "test.test@iana.org",
            "123@iana.org",
            "test@123.com",
            "test@mason-dixon.com",
            "test@c--n.com",
            "test@iana.co-uk",
            "test@xn--hxajbheg2az3al.xn--jxalpdlp",
            "xn--test@iana.org",
        ],
    ),
    (
        Valid,
        false,
        "a mail server may reroute `%` and `!`",
        &["!#$%&`*+/=?^`{|}~@iana.org"],
    ),
    (
        Unusual,
        false,
        "no mailbox has a domain of one label, or one whose last label is a number",
        &["test@io", "test@iana.123", "test@255.255.255.255"],
    ),
    (
        Unusual,
        false,
        "hardly any mailbox needs quotes, and parsers disagree on them",
        &[
            r#""test"@iana.org"#,
            r#"""@iana.org"#,
            r#""\a"@iana.org"#,
            r#""\""@iana.org"#,
            r#""\\"@iana.org"#,
            r#""test\ test"@iana.org"#,
        ],
    ),
    (
        Unusual,
        false,
        "SES sends to names",
        &[
            "test@[255.255.255.255]",
            "test@[IPv6:1111:2222:3333:4444:5555:6666:7777:8888]",
            "test@[IPv6:1111:2222:3333:4444:5555::8888]",
            "test@[IPv6:::]",
            "test@[IPv6:1111:2222:3333:4444::255.255.255.255]",
        ],
    ),
    (
        Elsewhere,
        true,
        "white space around an address is what clipboards add",
        &["\r\n test@iana.org", "\r\n \r\n test@iana.org"],
    ),
    (
        Elsewhere,
        false,
        "an address is one mailbox, without comments and white space",
        &[
            " test @iana.org",
            "test@ iana .com",
            "test . test@iana.org",
            "(comment)test@iana.org",
            "(comment(comment))test@iana.org",
            "test@(comment)iana.org",
            "test@(comment)[255.255.255.255]",
            r#""test"."test"@iana.org"#,
            r#""test".test@iana.org"#,
            "\"test\\\0\"@iana.org",
            "test@[255.255.255]",
            "test@[255.255.255.256]",
            "test@[1111:2222:3333:4444:5555:6666:7777:8888]",
            "test@[IPv6:1111:2222:3333:4444:5555:6666:7777]",
            "test@[IPv6::255.255.255.255]",
        ],
    ),
    (
        Invalid,
        true,
        "a line break after an address is what clipboards add",
        &["test@iana.org\n"],
    ),
    (
        Invalid,
        false,
        "",
        &[
            "",
            "test",
            "@",
            "test@",
            "@io",
            "@iana.org",
            ".test@iana.org",
            "test.@iana.org",
            "test..iana.org",
            "test_exa-mple.com",
            r"test\@test@iana.org",
            "test@-iana.org",
            "test@iana-.com",
            "test@iana.org-",
            "test@.iana.org",
            "test@iana.org.",
            "test@iana..com",
            r#""""@iana.org"#,
            r#""\"@iana.org"#,
            r#"test"@iana.org"#,
            r#""test@iana.org"#,
            r#""test"test@iana.org"#,
            r#"test"text"@iana.org"#,
            r#""test""test"@iana.org"#,
            "\"test\0\"@iana.org",
            "test@a[255.255.255.255]",
            "((comment)test@iana.org",
            "test(comment)test@iana.org",
        ],
    ),
];

fn is_accepted(address: &str) -> bool {
    EmailAddress::parse(address).is_some()
}

#[test]
fn published_addresses_are_decided() {
    for (published, accepted, why, addresses) in GROUPS {
        // A difference has a reason.
        assert!((*published == Valid) == *accepted || *published == Invalid || !why.is_empty());
        for address in *addresses {
            assert_eq!(
                is_accepted(address),
                *accepted,
                "{published:?} {address:?}: {why}"
            );
        }
    }
}

#[test]
fn published_lengths_are_the_limits() {
    let name = |length: usize| "a".repeat(length);
    let domain = |last: usize| format!("{}.{}.{}", name(63), name(63), name(last));
    for (address, accepted) in [
        (format!("{}@iana.org", name(64)), true),
        (format!("{}@iana.org", name(65)), false),
        (format!("test@{}.com", name(63)), true),
        (format!("test@{}.com", name(64)), false),
        (format!("a@{}a.a", "a.".repeat(124)), true),
        (format!("{}@{}", name(64), domain(61)), true),
        (format!("{}@{}", name(64), domain(62)), false),
        (format!("a@{}.{}", domain(63), name(62)), false),
    ] {
        assert_eq!(
            is_accepted(&address),
            accepted,
            "{} {address}",
            address.len()
        );
    }
}
