//! The address that somebody meant who mistyped the domain of a well-known mail provider.
//!
//! A wrong hint costs more trust than a missing one. So only distinctive names are recognised, with
//! one slip in the name and one in what follows it. A slip is an edit of Damerau and Levenshtein,
//! except that a letter may also move by more than one place (`icould.com`). The first letter must
//! be right: a name that differs in it is mostly another provider (`email.com`, `ymail.com`).

use crate::domain::email_address::EmailAddress;

/// The domains that are recognised.
const WELL_KNOWN: [&str; 27] = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "live.com",
    "msn.com",
    "googlemail.com",
    "comcast.net",
    "verizon.net",
    "sbcglobal.net",
    "bellsouth.net",
    "protonmail.com",
    "yahoo.co.uk",
    "hotmail.co.uk",
    "btinternet.com",
    "yahoo.fr",
    "hotmail.fr",
    "wanadoo.fr",
    "laposte.net",
    "yahoo.de",
    "hotmail.de",
    "t-online.de",
    "yahoo.it",
    "hotmail.it",
    "yandex.ru",
];

/// Domains of other owners, one slip away from those.
const OF_OTHERS: [&str; 3] = ["gail.com", "grail.com", "hostmail.com"];

/// A shorter name has neighbours that mean something, such as `love.com` for `live.com`.
const SHORTEST_NAME: usize = 5;
/// Ends of countries have two letters, and most pairs of letters are a country.
const SHORTEST_END: usize = 3;

/// The same mailbox at the well-known domain that is one slip away, if there is one.
#[must_use]
pub fn did_you_mean(address: &EmailAddress) -> Option<EmailAddress> {
    let domain = nearest(address.domain())?;
    let (local, _) = address.deliverable().split_once('@')?;
    EmailAddress::parse(&format!("{local}@{domain}"))
}

/// The well-known domain that is near. No text is near two of them, so none has to be preferred.
fn nearest(typed: &str) -> Option<&'static str> {
    if WELL_KNOWN.contains(&typed) || OF_OTHERS.contains(&typed) {
        return None;
    }
    let (name, end) = typed.split_once('.')?;
    WELL_KNOWN.into_iter().find(|domain| {
        domain
            .split_once('.')
            .is_some_and(|(known_name, known_end)| {
                name.bytes().next() == known_name.bytes().next()
                    && is_near(name, known_name, SHORTEST_NAME)
                    && is_near(end, known_end, SHORTEST_END)
            })
    })
}

/// Whether there is at most one slip in the typed text. A shorter text must be exact.
fn is_near(typed: &str, known: &str, shortest: usize) -> bool {
    let is_long = known.len() >= shortest;
    typed == known || is_long && is_one_slip(typed.as_bytes(), known.as_bytes())
}

/// Whether one letter is missing, added, replaced or moved.
fn is_one_slip(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, rest @ ..], [same, others @ ..]) = (one, other)
        && first == same
    {
        (one, other) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., same]) = (one, other)
        && last == same
    {
        (one, other) = (rest, others);
    }
    match (one, other) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([first, rest @ ..], [others @ .., last]) if first == last && rest == others => true,
        ([rest @ .., last], [first, others @ ..]) => first == last && rest == others,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn hint(email: &str) -> Option<String> {
        let meant = did_you_mean(&EmailAddress::parse(email).unwrap());
        meant.map(|address| address.deliverable().to_owned())
    }

    #[test]
    fn a_typo_is_recognised() {
        let typos = include_str!("typo/typos.txt");
        for (domain, meant) in typos.lines().map(|line| line.split_once(' ').unwrap()) {
            let expected = format!("Ada+x@{meant}");
            let found = hint(&format!("Ada+x@{domain}"));
            assert_eq!(found, Some(expected), "{domain}");
        }
    }

    #[test]
    fn real_domains_get_no_hint() {
        // Those of providers, and some that look like one.
        let domains = include_str!("typo/real_domains.txt").split_whitespace();
        for domain in domains {
            assert_eq!(hint(&format!("ada@{domain}")), None, "{domain}");
        }
    }

    #[test]
    fn what_is_farther_away_gets_no_hint() {
        for domain in [
            "hmail.com",
            "goamil.com",
            "gmial.conn",
            "gmail.de",
            "gmial.example",
            "mail.gmail.com",
            "gmail.com.example",
            "love.con",
            "yahoo.fi",
            "gmaıl.com",
        ] {
            assert_eq!(hint(&format!("ada@{domain}")), None, "{domain}");
        }
    }

    #[test]
    fn no_domain_is_near_two() {
        let letters = "abcdefghijklmnopqrstuvwxyz-.";
        let parts = |domain: &'static str| domain.split_once('.').unwrap();
        let near = |known: &str, shortest| {
            let mut all = BTreeSet::from([known.to_owned()]);
            if known.len() >= shortest {
                all.extend(mistyped(known, letters));
            }
            all
        };
        for (index, one) in WELL_KNOWN.into_iter().enumerate() {
            for other in WELL_KNOWN.into_iter().skip(index + 1) {
                let [(name, end), (other_name, other_end)] = [one, other].map(parts);
                let names = near(name, SHORTEST_NAME);
                let ends = near(end, SHORTEST_END);
                let shares_name = !names.is_disjoint(&near(other_name, SHORTEST_NAME));
                let shares_end = !ends.is_disjoint(&near(other_end, SHORTEST_END));
                assert!(!(shares_name && shares_end), "{one} {other}");
            }
        }
    }

    /// All texts of up to four of these letters.
    fn texts(letters: &str) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut longest = texts.clone();
        for _ in 0..4 {
            let longer = |text: &String| {
                let text = text.clone();
                letters.chars().map(move |letter| format!("{text}{letter}"))
            };
            longest = longest.iter().flat_map(longer).collect();
            texts.extend(longest.clone());
        }
        texts
    }

    /// All texts that one slip makes of this one.
    fn mistyped(text: &str, letters: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for at in 0..=text.len() {
            let (before, after) = text.split_at(at);
            for letter in letters.chars() {
                all.insert(format!("{before}{letter}{after}"));
            }
            let Some(letter) = after.chars().next() else {
                continue;
            };
            let without = format!("{before}{}", &after[1..]);
            for place in 0..=without.len() {
                for letter in letters.chars().filter(|_| place == at).chain([letter]) {
                    let (before, after) = without.split_at(place);
                    all.insert(format!("{before}{letter}{after}"));
                }
            }
            all.insert(without);
        }
        all.remove(text);
        all
    }

    #[test]
    fn a_slip_is_one_edit_or_move() {
        let texts = texts("abc");
        for text in &texts {
            let mistyped = mistyped(text, "abc");
            for other in &texts {
                let found = is_one_slip(text.as_bytes(), other.as_bytes());
                assert_eq!(found, mistyped.contains(other), "{text:?} {other:?}");
            }
        }
    }
}
