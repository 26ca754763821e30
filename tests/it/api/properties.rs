//! Properties of all inputs.

use std::time::Duration;

use proptest::prelude::*;
use shared::domain::clock::Timestamp;
use shared::domain::domain_policy::{DomainList, DomainPolicy};
use shared::domain::email_address::{EmailAddress, clean};
use shared::domain::greeting::Greeting;
use shared::domain::link_token::LinkToken;
use shared::domain::person_name;
use shared::domain::rate_limit::{RateLimit, SlidingWindow};
use shared::domain::typo::did_you_mean;
use shared::domain::user_id::UserId;
use shared::domain::verification_code::Code;

/// Texts that are almost an address, or just one.
fn nearly_an_address() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a",
        "Z",
        "0",
        ".",
        "..",
        "-",
        "+tag",
        "_",
        "@",
        " ",
        ",",
        "\"",
        "<",
        ">",
        "(",
        "\r\n",
        "\0",
        "ü",
        "ı",
        "xn--",
        "xn--bcher-kva",
        "example",
        "COM",
        ".org",
        "[127.0.0.1]",
        "💌",
        "\u{202e}",
        "\u{ad}",
        "א",
        "。",
        "%40",
        "%",
        "=?",
        "!",
        "ａ",
        "＠",
        "．",
        "\u{200b}",
        "\u{200d}",
        "\u{2068}",
        "\u{2069}",
        "local",
        "。onion",
    ]);
    let pieces =
        |count| proptest::collection::vec(piece.clone(), count).prop_map(|pieces| pieces.concat());
    let both =
        (pieces(1..4), pieces(1..6)).prop_map(|(local, domain)| format!("{local}@{domain}.com"));
    prop_oneof![both, pieces(0..12), any::<String>()]
}

/// An address at a well-known domain, with letters replaced, added and missing.
fn nearly_a_provider() -> impl Strategy<Value = String> {
    let domain = proptest::sample::select(vec![
        "gmail.com",
        "yahoo.co.uk",
        "hotmail.fr",
        "icloud.com",
        "t-online.de",
        "live.com",
    ]);
    let edits = proptest::collection::vec((0..12_usize, 0..2_usize, "[a-z.]{0,1}"), 1..4);
    (domain, edits).prop_map(|(domain, edits)| {
        let mut domain = domain.to_owned();
        for (at, removed, added) in edits {
            let at = at.min(domain.len());
            let end = (at + removed).min(domain.len());
            domain.replace_range(at..end, &added);
        }
        format!("Ada+x@{domain}")
    })
}

fn local_part(address: &EmailAddress) -> &str {
    address.deliverable().split('@').next().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_address_round_trips_as_ascii(text in nearly_an_address()) {
        let Some(address) = EmailAddress::parse(&text) else { return Ok(()) };
        let deliverable = address.deliverable();
        let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>[]\\".contains(&byte);
        prop_assert!(deliverable.bytes().all(allowed), "{deliverable}");
        prop_assert_eq!(deliverable.matches('@').count(), 1);
        prop_assert!(deliverable.len() <= 254);

        let cleaned = clean(&text);
        let of_cleaned = EmailAddress::parse(&cleaned).unwrap();
        prop_assert_eq!(of_cleaned.deliverable(), deliverable);
        prop_assert_eq!(of_cleaned.canonical(), address.canonical());
        prop_assert_eq!(clean(&cleaned), cleaned.clone());
        let known = EmailAddress::parse_known(deliverable).unwrap();
        prop_assert_eq!(known.canonical(), address.canonical());
        let again = EmailAddress::parse(deliverable).unwrap();
        prop_assert_eq!(again.deliverable(), deliverable);
        prop_assert_eq!(again.canonical(), address.canonical());
        let canonical = EmailAddress::parse(address.canonical()).unwrap();
        prop_assert_eq!(canonical.canonical(), address.canonical());
        prop_assert_eq!(canonical.deliverable(), address.canonical());
        prop_assert!(canonical.is_same_mailbox(&address));
        prop_assert_eq!(deliverable.to_ascii_lowercase(), address.canonical());
    }

    #[test]
    fn a_mask_shows_two_letters_and_a_tld(text in nearly_an_address()) {
        let Some(address) = EmailAddress::parse(&text) else { return Ok(()) };
        let (local, domain) = address.canonical().split_once('@').unwrap();
        let top_level = domain.rsplit('.').next().unwrap();
        let expected = format!("{}***@{}***.{top_level}", &local[..1], &domain[..1]);
        prop_assert_eq!(address.mask(), expected);
    }

    #[test]
    fn a_hint_is_another_known_domain(text in nearly_a_provider()) {
        let Some(address) = EmailAddress::parse(&text) else { return Ok(()) };
        let Some(meant) = did_you_mean(&address) else { return Ok(()) };
        prop_assert!(meant.domain() != address.domain());
        prop_assert!(did_you_mean(&meant).is_none(), "{text}");
        prop_assert_eq!(local_part(&meant), local_part(&address));
        prop_assert_eq!(meant.domain().chars().next(), address.domain().chars().next());
    }

    #[test]
    fn a_list_decides_by_whole_labels(
        above in "([a-z0-9]{1,3}[.]){0,2}",
        name in "[a-z]{1,4}[.][a-z]{2,3}",
        before in "[a-z0-9]{1,3}",
    ) {
        let address = |domain: String| EmailAddress::parse(&format!("ada@{domain}"));
        let Some(of_name) = address(name.clone()) else { return Ok(()) };
        let below = address(format!("{above}{name}")).unwrap();
        let other = address(format!("{before}{name}")).unwrap();
        let list = DomainList::parse(&name.to_uppercase()).unwrap();
        let only = DomainPolicy { allowed: Some(list.clone()), ..DomainPolicy::default() };
        let all_but = DomainPolicy { allowed: None, denied: list };
        prop_assert!(only.accepts(&of_name) && !all_but.accepts(&of_name));
        prop_assert_eq!(only.accepts(&below), above.is_empty());
        prop_assert!(!all_but.accepts(&below));
        prop_assert!(!only.accepts(&other) && all_but.accepts(&other));
    }

    #[test]
    fn space_around_commas_is_ignored(
        text in prop_oneof!["[a-cA-C*.ü, @-]{0,12}", any::<String>()],
    ) {
        if let Ok(list) = DomainList::parse(&text) {
            let spaced = text.replace(',', "\t, ");
            prop_assert_eq!(DomainList::parse(&spaced).ok(), Some(list));
        }
    }

    #[test]
    fn accepted_names_link_and_hide_nothing(name in any::<String>()) {
        if person_name::check(&name).is_ok() {
            let hidden = ['<', '>', '\n', '\r', '\0', '\u{200b}', '\u{202e}'];
            prop_assert!(!name.contains(hidden));
            prop_assert!(!name.contains("https://"));
        }
    }

    #[test]
    fn a_greeting_is_a_name_and_no_more(name in prop_oneof![any::<String>(), "[\\p{L}\\p{M} \
        .'’·-]{0,50}"]) {
        if let Some(greeting) = Greeting::of(&name) {
            prop_assert!(person_name::check(name.trim()).is_ok());
            let greeting = greeting.as_str();
            prop_assert_eq!(greeting.matches('.').count(), greeting.matches(".\u{2060}").count());
            prop_assert_eq!(greeting.replace('\u{2060}', ""), name.trim());
            let refused = |c: char| c.is_numeric() || "<>@/:,;!?\"()\n".contains(c);
            prop_assert!(!greeting.contains(refused));
        }
    }

    #[test]
    fn a_domain_in_a_name_is_found(
        before in "[a-z ]{0,9}",
        after in "[ ,!?)/:]?",
        dot in "[.．。｡․]",
    ) {
        let name = format!("{before}evil{dot}example{after}");
        prop_assert!(person_name::check(&name).is_err(), "{name}");
    }

    #[test]
    fn a_code_may_have_any_separators(
        digits in "[0-9]{6}",
        between in proptest::collection::vec(
            "[ \t\u{a0}\u{2009}\u{200b}\u{feff}\u{ad}\u{200e}\u{2068}\u{2212}\\p{Pd}-]{0,3}",
            7,
        ),
    ) {
        let pieces = digits.chars().zip(&between);
        let pieces = pieces.map(|(digit, between)| format!("{between}{digit}"));
        let typed = pieces.collect::<String>() + between.last().unwrap();
        let code = Code::parse(&typed).unwrap();
        prop_assert_eq!(code.expose_secret(), &digits);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>()) {
        let code = Code::parse(&text);
        let is_digits = |code: Code| code.expose_secret().bytes().all(|byte| byte.is_ascii_digit());
        prop_assert!(code.is_none_or(is_digits));
        let token = LinkToken::parse(&text);
        prop_assert!(token.is_none_or(|token| token.encode() == text));
        if let Some(user) = UserId::parse(&text) {
            prop_assert_eq!(UserId::parse(&user.to_string()), Some(user));
        }
    }

    #[test]
    fn a_token_has_one_spelling(
        bytes in any::<[u8; 32]>(),
        at in 0..43_usize,
        other in "[A-Za-z0-9_-]",
    ) {
        let text = LinkToken::from_random(bytes).encode();
        prop_assert_eq!(LinkToken::parse(&text).unwrap().encode(), text.clone());
        let mut changed = text.clone();
        changed.replace_range(at..=at, &other);
        if changed != text {
            let digest = LinkToken::parse(&changed).map(|token| token.digest());
            prop_assert!(digest != Some(LinkToken::from_random(bytes).digest()));
        }
    }
}

proptest! {
    /// A caller who obeys `wait_seconds` never exceeds `max` events in any window, and the events
    /// that `with` drops change no answer.
    #[test]
    fn no_window_holds_more_than_the_limit(gaps in prop::collection::vec(0..40_i64, 1..60)) {
        let limit = RateLimit { max: 5, window: Duration::from_secs(100) };
        let at = Timestamp::from_unix_seconds;
        let mut window = SlidingWindow::default();
        let mut all: Vec<i64> = Vec::new();
        let mut now = 1_000_000;
        for (number, gap) in gaps.into_iter().enumerate() {
            now += gap;
            let counting = all.iter().filter(|at| **at + 100 > now).count();
            let may = window.wait_seconds(limit, at(now)) == 0;
            prop_assert_eq!(may, counting < 5);
            if may {
                window = window.with(number, limit, at(now));
                all.push(now);
            }
            prop_assert!(window.events().count() <= 5);
        }
    }
}
