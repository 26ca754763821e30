//! Rules for every kind of mail in every language.

use mail::Mail;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::{Direction, Locale};

use super::sample::{CODE, LINK, POSTAL, SUPPORT, Sample};
use crate::support::markup::{Scheme, seen, unescaped};

fn mails() -> impl Iterator<Item = Mail> {
    Sample::all().map(|sample| sample.render())
}

fn one_language_per_direction() -> impl Iterator<Item = Sample> {
    let directions = [Direction::LeftToRight, Direction::RightToLeft];
    let locales = directions.map(|direction| {
        let mut locales = Locale::ALL.into_iter();
        locales.find(|locale| locale.direction() == direction)
    });
    Sample::all().filter(move |sample| locales.contains(&Some(sample.locale)))
}

fn name(mail: &Mail) -> String {
    format!("{} {}", mail.kind.as_str(), mail.locale.tag())
}

#[test]
fn a_sample_is_of_its_kind_and_language() {
    for sample in Sample::all() {
        let mail = sample.render();
        assert_eq!((mail.kind, mail.locale), (sample.kind, sample.locale));
    }
}

#[test]
fn no_language_repeats_another() {
    for &kind in MailKind::ALL {
        let mut texts = Locale::ALL.map(|locale| Sample::of(kind, locale).render().text);
        texts.sort_unstable();
        let repeated = texts.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(repeated, None);
    }
}

#[test]
fn both_parts_have_the_facts() {
    for mail in mails() {
        let html = seen(&mail.html, Scheme::Light).into_iter();
        let html = html.map(|seen| seen.text).collect::<Vec<_>>().join(" ");
        for part in [&mail.text, &html] {
            for piece in [
                "ada@example.org",
                "Acme",
                "12:00",
                SUPPORT,
                "Acme Accounts",
                POSTAL,
            ] {
                assert!(part.contains(piece), "{}: {piece}", name(&mail));
            }
        }
    }
}

#[test]
fn the_subject_is_short_and_has_the_product() {
    for mail in mails() {
        assert!(mail.subject.contains("Acme"), "{}", mail.subject);
        assert!(mail.subject.chars().count() < 60, "{}", mail.subject);
    }
}

#[test]
fn no_placeholder_is_left() {
    for mail in mails() {
        let (head, body) = mail.html.split_once("</head>").unwrap();
        let (_, title) = head.split_once("<title>").unwrap();
        let title = title.split_once("</title>").unwrap().0;
        assert_eq!(unescaped(title), mail.subject);
        for part in [&mail.subject, &mail.text, title, body] {
            assert!(!part.contains(['{', '}']), "{}: {part}", name(&mail));
        }
    }
}

#[test]
fn a_mail_loads_nothing() {
    for mail in mails() {
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
            assert!(!mail.html.contains(loading), "{}: {loading}", name(&mail));
        }
        let linked = mail.html.replace(LINK, "");
        assert!(!linked.contains("://"), "{}: no other URL", name(&mail));
    }
}

#[test]
fn html_and_body_have_the_language() {
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
fn tables_are_layout_and_not_too_wide() {
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
fn every_text_is_readable_in_both_schemes() {
    for accent in [
        "#1f4fd8", "#000", "#767676", "#c8102e", "#0a7d28", "#6b21a8", "#ffcc00", "#fff",
    ] {
        for sample in one_language_per_direction() {
            let mail = sample.with("ACCENT_COLOR", accent).render();
            for scheme in [Scheme::Light, Scheme::Dark] {
                for seen in seen(&mail.html, scheme) {
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
    for mail in mails() {
        let light = seen(&mail.html, Scheme::Light);
        for (light, dark) in light.iter().zip(seen(&mail.html, Scheme::Dark)) {
            assert_ne!(light.color, dark.color, "{}", light.text);
            assert_ne!(light.ground, dark.ground, "{}", light.text);
        }
    }
}

/// Gmail cuts a mail at 102 KB, and slow phones have to load it.
#[test]
fn the_longest_mail_is_below_15_kb() {
    for sample in Sample::all() {
        let name = sample.name();
        let usual = sample.render().html.len();
        assert!(usual < 8_000, "{name}: {usual}");
        let host = "a".repeat(900);
        let mut sample = sample
            .with("PRODUCT_NAME", "語".repeat(100))
            .with("POSTAL_LINE", "語".repeat(200))
            .with(
                "VERIFICATION_URL",
                format!("https://acme.example/{host}#{{uuid}}/{{token}}"),
            );
        sample.first_name = format!("{}.", "𐐷".repeat(39));
        sample.address = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
        let longest = sample.render().html.len();
        assert!(longest < 15_000, "{name}: {longest}");
    }
}

/// A part in plain ASCII could be sent unencoded, with lines that are too long for SMTP.
#[test]
fn each_part_has_to_be_encoded() {
    for mail in mails() {
        for part in [&mail.text, &mail.html] {
            assert!(!part.is_ascii(), "{}: {part}", name(&mail));
        }
    }
}

#[test]
fn a_line_of_text_has_no_space_around() {
    for mail in mails() {
        for line in mail.text.lines() {
            assert_eq!(line.trim(), line, "{}", name(&mail));
        }
    }
}

/// A mail program finds the direction of a line by its first letter, not counting what is isolated.
#[test]
fn rtl_lines_begin_with_rtl_letters() {
    for mail in mails().filter(|mail| mail.locale.direction() == Direction::RightToLeft) {
        let own = |line: &&str| ![CODE, LINK, "Acme Accounts", POSTAL].contains(line);
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
            assert!(is_right, "{}: {line}", name(&mail));
        }
    }
}

#[test]
fn values_are_isolated_in_html() {
    for sample in Sample::all() {
        let html = sample.with("PRODUCT_NAME", "<A> & B").render().html;
        for isolated in [
            "<bdi>ada@example.org</bdi>",
            "<bdi>&#60;A&#62; &#38; B</bdi>",
            "<bdi>help@acme.example</bdi>",
            "<bdi>Acme Accounts</bdi>",
        ] {
            assert!(html.contains(isolated), "{isolated}: {html}");
        }
        assert!(!html.contains("<A>"));
    }
}
