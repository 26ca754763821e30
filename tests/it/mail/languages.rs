//! What holds for the mail in every language, whatever its texts are.

use std::time::Duration;

use mail::verification::VerificationMail;
use mail::{Mail, MailSettings};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::person_name::Greeting;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::user_id::UserId;
use shared::runtime::settings::Environment;
use shared::text::locale::{Direction, Locale};
use unicode_width::UnicodeWidthStr;

use crate::support::markup::{Scheme, attribute, seen, unescaped};

const CODE: &str = "482913";
const LINK: &str = "https://app.acme.example/verify_email#f81d4fae-7dec-11d0-a765-00a0c91e6bf6.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const SUPPORT: &str = "help@acme.example";
const POSTAL: &str = "Acme Inc., 1 Example Street";

/// What a mail is about, unless a test wants it otherwise.
struct Sample {
    locale: Locale,
    address: String,
    first_name: String,
    lifetimes: ProofLifetimes,
    settings: Vec<(&'static str, String)>,
}

impl Sample {
    fn of(locale: Locale) -> Self {
        Self {
            locale,
            address: "ada@example.org".to_owned(),
            first_name: "Ada".to_owned(),
            lifetimes: ProofLifetimes::DEFAULT,
            settings: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.insert(0, (name, value.into()));
        self
    }

    fn living(mut self, hours: u64, minutes: u64) -> Self {
        self.lifetimes = ProofLifetimes {
            link: Duration::from_hours(hours),
            code: Duration::from_mins(minutes),
        };
        self
    }

    /// The mail, sent at noon of 23 November 2026.
    fn render(&self) -> Mail {
        let mut settings = self.settings.clone();
        settings.extend(
            [
                ("PRODUCT_NAME", "Acme"),
                ("SENDER", "Acme Accounts <no-reply@acme.example>"),
                ("SUPPORT_ADDRESS", SUPPORT),
                ("POSTAL_LINE", POSTAL),
                (
                    "VERIFICATION_URL",
                    "https://app.acme.example/verify_email#{uuid}.{token}",
                ),
            ]
            .map(|(name, value)| (name, value.to_owned())),
        );
        let environment = Environment::from_pairs(&settings);
        let settings = MailSettings::from_environment(&environment).unwrap();
        let greeting = Greeting::of(&self.first_name);
        let mail = VerificationMail {
            user: &UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap(),
            address: &EmailAddress::parse(&self.address).unwrap(),
            greeting: greeting.as_ref(),
            locale: self.locale,
            proof: &Proof::from_random([0; 32], 482_913_u64.to_be_bytes()),
            url: &settings.link_target.of_request(None).unwrap(),
            lifetimes: self.lifetimes,
            now: Timestamp::from_unix_seconds(1_795_435_200),
        };
        mail.render(&settings).unwrap()
    }
}

fn mails() -> impl Iterator<Item = Mail> {
    Locale::ALL
        .into_iter()
        .map(|locale| Sample::of(locale).render())
}

/// All that is seen of the HTML part, one text after the other.
fn seen_text(mail: &Mail) -> String {
    let texts = seen(&mail.html, Scheme::Light).into_iter();
    texts.map(|seen| seen.text).collect::<Vec<_>>().join(" ")
}

/// Whether these stand in the text, each behind the one before.
fn assert_order(text: &str, expected: &[&str]) {
    let mut rest = text;
    for piece in expected {
        let found = rest.find(piece);
        let found = found.unwrap_or_else(|| panic!("{piece:?} is missing or too early in {text}"));
        rest = &rest[found + piece.len()..];
    }
}

#[test]
fn the_docs_name_every_language() {
    // No wildcard: a language without a name in English does not compile.
    let name = |locale| match locale {
        Locale::Ar => "Arabic",
        Locale::De => "German",
        Locale::En => "English",
        Locale::Es => "Spanish",
        Locale::Fr => "French",
        Locale::He => "Hebrew",
        Locale::Hi => "Hindi",
        Locale::It => "Italian",
        Locale::Ja => "Japanese",
        Locale::Ko => "Korean",
        Locale::Nl => "Dutch",
        Locale::Pl => "Polish",
        Locale::PtBr => "Portuguese (Brazil)",
        Locale::Tr => "Turkish",
        Locale::ZhHans => "Chinese (simplified",
        Locale::ZhHant => "and traditional)",
    };
    let readme = include_str!("../../../README.md");
    let (_, list) = readme.split_once("There are ").unwrap();
    let list = list.split_once(';').unwrap().0.replace("\n ", "");
    for locale in Locale::ALL {
        assert!(
            list.contains(name(locale)),
            "{} is not in {list}",
            locale.tag()
        );
    }
    let names = list.replace(" and ", ", ").split(", ").count();
    assert_eq!(names, Locale::ALL.len(), "{list}");

    let guide = include_str!("../../../docs/translate.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| row.split('`').next().unwrap());
    assert!(rows.eq(Locale::ALL.map(Locale::tag)));
}

#[test]
fn both_parts_say_the_same_in_the_same_order() {
    for mail in mails() {
        let said = [
            "ada@example.org",
            "Ada",
            "Acme",
            CODE,
            // How long the code works; how long the link does, and until when.
            "30",
            "24",
            "12:00",
            LINK,
            "Acme Accounts",
            SUPPORT,
            POSTAL,
        ];
        assert_order(&mail.text, &said);
        assert_order(&seen_text(&mail), &said);
    }
}

#[test]
fn the_subject_begins_with_the_code_and_names_the_product() {
    for mail in mails() {
        assert!(mail.subject.starts_with(CODE), "{}", mail.subject);
        assert!(mail.subject.contains("Acme"), "{}", mail.subject);
        assert!(mail.subject.chars().count() < 60, "{}", mail.subject);
    }
}

#[test]
fn a_list_of_mails_shows_the_code_and_its_life() {
    for mail in mails() {
        let (_, hidden) = mail.html.split_once("mso-hide:all\">").unwrap();
        let (preheader, _) = hidden.split_once("</div>").unwrap();
        assert!(
            preheader.contains(&format!("<bdi>{CODE}</bdi>")),
            "{preheader}"
        );
        assert!(preheader.contains("30"), "{preheader}");
    }
}

#[test]
fn no_place_is_left() {
    for mail in mails() {
        let (head, body) = mail.html.split_once("</head>").unwrap();
        let (_, title) = head.split_once("<title>").unwrap();
        let title = title.split_once("</title>").unwrap().0;
        assert_eq!(unescaped(title), mail.subject);
        for part in [&mail.subject, &mail.text, title, body] {
            assert!(!part.contains(['{', '}']), "{part}");
        }
    }
}

#[test]
fn the_code_is_large_and_one_text_that_stands_alone() {
    for mail in mails() {
        assert!(mail.text.lines().any(|line| line == CODE));
        let (before, _) = mail
            .html
            .split_once(&format!("><bdi>{CODE}</bdi></div>"))
            .unwrap();
        let tag = &before[before.rfind('<').unwrap()..];
        let style = attribute(tag, "style").unwrap();
        assert!(style.contains("font-size:36px") && style.contains("letter-spacing:8px"));
        assert_eq!(attribute(tag, "dir"), Some("ltr"));
        let texts = seen(&mail.html, Scheme::Light);
        assert_eq!(texts.iter().filter(|seen| seen.text == CODE).count(), 1);
    }
}

#[test]
fn the_link_stands_alone_and_shows_its_target() {
    for mail in mails() {
        assert!(mail.text.lines().any(|line| line == LINK));
        assert_eq!(mail.html.matches(&format!(" href=\"{LINK}\"")).count(), 2);
        assert_eq!(mail.html.matches(" href=").count(), 2, "no other link");
        assert_eq!(mail.html.matches(&format!(">{LINK}</a>")).count(), 1);
    }
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for mail in mails() {
        assert_eq!(
            mail.html.matches("://").count(),
            3,
            "the link, twice, and its text"
        );
        for loading in [
            "<img",
            "<link",
            "<script",
            "<iframe",
            " src",
            "url(",
            "@import",
            "@font-face",
            "background=",
        ] {
            assert!(!mail.html.contains(loading), "{loading}");
        }
    }
}

#[test]
fn the_page_says_its_language_and_direction_twice() {
    for mail in mails() {
        let (tag, direction) = (mail.locale.tag(), mail.locale.direction());
        assert!(mail.html.starts_with(&format!(
            "<!doctype html>\n<html lang=\"{tag}\" dir=\"{direction}\">"
        )));
        assert!(
            mail.html
                .contains(&format!("\n<div lang=\"{tag}\" dir=\"{direction}\""))
        );
        let start = match direction {
            Direction::LeftToRight => "text-align:left",
            Direction::RightToLeft => "text-align:right",
        };
        assert!(mail.html.contains(start));
    }
}

#[test]
fn tables_are_for_layout_alone_and_not_too_wide() {
    for mail in mails() {
        let tables = mail.html.matches("<table ").count();
        assert_eq!(
            mail.html.matches("<table role=\"presentation\" ").count(),
            tables
        );
        assert!(mail.html.contains("max-width:560px"));
        assert_eq!(mail.html.matches("<h1").count(), 1);
    }
}

#[test]
fn every_text_can_be_read_on_its_ground_in_both_schemes() {
    for accent in [
        "#1f4fd8", "#000", "#767676", "#c8102e", "#0a7d28", "#6b21a8", "#ffcc00", "#fff",
    ] {
        for locale in [Locale::En, Locale::Ar] {
            let mail = Sample::of(locale).with("ACCENT_COLOR", accent).render();
            for scheme in [Scheme::Light, Scheme::Dark] {
                let texts = seen(&mail.html, scheme);
                assert!(texts.len() > 12, "all texts are looked at");
                for seen in texts {
                    let contrast = seen.color.contrast_with(seen.ground);
                    assert!(
                        contrast >= 4.5,
                        "{scheme:?}, {accent}: {contrast:.2} of {seen:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_dark_screen_changes_every_colour() {
    let mail = Sample::of(Locale::En).render();
    let light = seen(&mail.html, Scheme::Light);
    for (light, dark) in light.iter().zip(seen(&mail.html, Scheme::Dark)) {
        assert_ne!(light.color, dark.color, "{}", light.text);
        assert_ne!(light.ground, dark.ground, "{}", light.text);
    }
}

#[test]
fn the_longest_mail_of_all_is_below_15_kb() {
    for locale in Locale::ALL {
        let host = "a".repeat(900);
        let mut sample = Sample::of(locale)
            .with("PRODUCT_NAME", "語".repeat(100))
            .with("POSTAL_LINE", "語".repeat(200))
            .with(
                "VERIFICATION_URL",
                format!("https://acme.example/{host}#{{uuid}}/{{token}}"),
            );
        sample.first_name = format!("{}.", "𐐷".repeat(39));
        sample.address = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
        let mail = sample.render();
        assert!(
            mail.html.len() < 15_000,
            "{}: {}",
            locale.tag(),
            mail.html.len()
        );
        let usual = Sample::of(locale).render();
        assert!(
            usual.html.len() < 8_000,
            "{}: {}",
            locale.tag(),
            usual.html.len()
        );
    }
}

#[test]
fn every_line_of_the_text_part_but_the_link_fits_a_terminal() {
    for locale in Locale::ALL {
        let company = "Acme Incorporated, Department of Mail and of what becomes of it, ";
        let mut sample = Sample::of(locale)
            .with("PRODUCT_NAME", "The Long Name of a Product")
            .with("POSTAL_LINE", company.repeat(3))
            .with(
                "SENDER",
                format!("{company}Verification <no-reply@acme.example>"),
            );
        sample.first_name = "Nebuchadnezzar Maximilian Wolfgang Jones".to_owned();
        sample.address = format!("{}@example.org", "a".repeat(50));
        for line in sample.render().text.lines().filter(|line| *line != LINK) {
            assert!(line.width() <= 78, "{}: {line}", locale.tag());
            assert_eq!(line.trim(), line);
        }
        sample.first_name = "語".repeat(40);
        for line in sample.render().text.lines().filter(|line| *line != LINK) {
            assert!(line.width() <= 78, "{}: {line}", locale.tag());
        }
    }
}

#[test]
fn lines_from_right_to_left_begin_so() {
    // A mail program finds the direction of a line by its first letter, not counting what is
    // isolated.
    let right_to_left = Locale::ALL.map(|locale| Sample::of(locale).render());
    for mail in right_to_left
        .iter()
        .filter(|mail| mail.locale.direction() == Direction::RightToLeft)
    {
        let own = |line: &&str| !["482913", LINK, "Acme Accounts", POSTAL].contains(line);
        for line in mail.text.lines().filter(own) {
            let mut is_isolated = false;
            let first = line.chars().find(|c| {
                match c {
                    '\u{2068}' => is_isolated = true,
                    '\u{2069}' => is_isolated = false,
                    _ => {}
                }
                c.is_alphabetic() && !is_isolated
            });
            let is_right = first.is_none_or(|c| ('\u{590}'..='\u{8ff}').contains(&c));
            assert!(is_right, "{}: {line}", mail.locale.tag());
        }
    }
}

#[test]
fn no_line_has_more_than_998_octets() {
    let label = |length| "b".repeat(length);
    let domain = format!("{}.{}.{}", label(63), label(63), label(61));
    for (widest, name) in [
        ("&", "&"),
        ("語", "語"),
        ("𐐷", "𐐷"),
        ("'", "'"),
        ("W ", "W "),
    ] {
        for locale in Locale::ALL {
            let fill = |characters| widest.chars().cycle().take(characters).collect::<String>();
            let address = format!("{}@{domain}", "&".repeat(64));
            let mut sample = Sample::of(locale)
                .with("PRODUCT_NAME", fill(99) + "x")
                .with("POSTAL_LINE", fill(190) + "x")
                .with("SENDER", format!("{} <a@acme.example>", fill(40) + "x"))
                .with("SUPPORT_ADDRESS", address.clone())
                .with(
                    "VERIFICATION_URL",
                    format!(
                        "https://acme.example/{}#{{uuid}}.{{token}}",
                        "a".repeat(850)
                    ),
                );
            sample.first_name = name.repeat(150 / name.len());
            sample.address = address;
            let Mail { text, html, .. } = sample.render();
            for line in text.lines().chain(html.lines()) {
                assert!(
                    line.len() <= 998,
                    "{}: {} octets: {line}",
                    locale.tag(),
                    line.len()
                );
            }
        }
    }
}

#[test]
fn dates_without_spaces_stay_whole() {
    for (locale, date) in [
        (Locale::Ja, "2026年11月24日 12:00\u{a0}UTC"),
        (Locale::ZhHans, "2026年11月24日 12:00\u{a0}UTC"),
        (Locale::ZhHant, "2026年11月24日 12:00\u{a0}UTC"),
    ] {
        let html = Sample::of(locale).render().html;
        let whole = format!("<span style=\"white-space:nowrap\">{date}</span>");
        assert!(html.contains(&whole), "{html}");
    }
    assert!(
        !Sample::of(Locale::En)
            .render()
            .html
            .contains("<span style=\"white-space:nowrap\">")
    );
}

#[test]
fn what_others_chose_is_isolated_in_html_in_every_language() {
    for locale in Locale::ALL {
        let mut sample = Sample::of(locale).with("PRODUCT_NAME", "<A> & B");
        sample.first_name = "محمد".to_owned();
        let html = sample.render().html;
        for isolated in [
            "<bdi>ada@example.org</bdi>",
            "<bdi>محمد</bdi>",
            "<bdi>&#60;A&#62; &#38; B</bdi>",
            "<bdi>482913</bdi>",
            "<bdi>help@acme.example</bdi>",
        ] {
            assert!(html.contains(isolated), "{}: {isolated}", locale.tag());
        }
        assert!(!html.contains("<A>"));
    }
}

#[test]
fn counts_are_in_the_form_that_the_language_wants() {
    for (locale, hours, minutes, life_of_link, life_of_code) in [
        (
            Locale::En,
            1,
            5,
            "expires in 1 hour,",
            "expires in 5 minutes.",
        ),
        (Locale::De, 1, 21, "1 Stunde lang", "21 Minuten lang."),
        (Locale::Pl, 1, 5, "przez 1 godzinę,", "przez 5 minut."),
        (Locale::Pl, 22, 12, "przez 22 godziny,", "przez 12 minut."),
        (Locale::Pl, 112, 34, "przez 112 godzin,", "przez 34 minuty."),
        (Locale::Pl, 168, 30, "przez 7 dni,", "przez 30 minut."),
        (Locale::En, 48, 30, "in 2 days,", "in 30 minutes."),
        (Locale::De, 168, 30, "7 Tage lang", "30 Minuten lang."),
        (Locale::Ar, 48, 30, "لمدة يومين،", "لمدة 30 دقيقة."),
        (Locale::Ar, 168, 30, "لمدة 7 أيام،", "لمدة 30 دقيقة."),
        (Locale::He, 48, 30, "שתקף למשך יומיים,", "למשך 30 דקות."),
        (Locale::Ja, 168, 30, "7日間", "30分"),
        (Locale::Ar, 1, 5, "لمدة ساعة واحدة،", "لمدة 5 دقائق."),
        (Locale::Ar, 2, 11, "لمدة ساعتين،", "لمدة 11 دقيقة."),
        (Locale::Ar, 103, 60, "لمدة 103 ساعات،", "لمدة 60 دقيقة."),
        (Locale::He, 1, 5, "למשך שעה אחת,", "למשך 5 דקות."),
        (Locale::He, 2, 20, "למשך שעתיים,", "למשך 20 דקות."),
        (Locale::Fr, 1, 30, "valable 1 heure,", "valable 30 minutes."),
        (Locale::It, 1, 30, "tra 1 ora (", "tra 30 minuti."),
        (Locale::Ja, 1, 30, "1時間", "30分"),
    ] {
        let text = Sample::of(locale).living(hours, minutes).render().text;
        let text = text.replace(['\n', '\u{a0}'], " ");
        for life in [life_of_link, life_of_code] {
            assert!(text.contains(life), "{}: {life}: {text}", locale.tag());
        }
    }
}

#[test]
fn the_first_of_a_month_is_written_as_the_language_writes_it() {
    for (locale, first) in [
        (Locale::Fr, "jusqu’au 1er décembre 2026"),
        (Locale::PtBr, "até 1º de dezembro de 2026"),
        (Locale::En, "on 1 December 2026"),
        (Locale::De, "bis zum 1. Dezember 2026"),
    ] {
        // From noon of 23 November.
        let text = Sample::of(locale).living(8 * 24, 30).render().text;
        let text = text.replace(['\n', '\u{a0}'], " ");
        assert!(text.contains(first), "{text}");
    }
}
