//! Rules for every kind of mail in every language.

use mail::Mail;
use shared::text::locale::{Direction, Locale};

use super::sample::{CODE, LINK, POSTAL, STOP_LINK, SUPPORT, Sample};
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
        assert_eq!(
            (mail.kind, mail.locale),
            (sample.kind, sample.locale),
            "`render` of {} must return this kind and this language",
            sample.name()
        );
    }
}

/// What each mail is about, who sends it, and where to ask.
#[test]
fn both_parts_have_the_facts() {
    for mail in mails() {
        for (part, text) in [("text", &mail.text), ("HTML", &seen_text(&mail))] {
            for (fact, piece) in [
                ("the address that it is about", "ada@example.org"),
                ("the product", "Acme"),
                ("a time, by a clock of 24 hours", "12:"),
                ("whom to write to", SUPPORT),
                ("the sender", "Acme Accounts"),
                ("the postal line", POSTAL),
            ] {
                assert!(
                    text.contains(piece),
                    "{}: the {part} part must name {fact}, here {piece}:\n{text}",
                    name(&mail)
                );
            }
        }
    }
}

/// The visible texts of the HTML part.
fn seen_text(mail: &Mail) -> String {
    let texts = seen(&mail.html, Scheme::Light).into_iter();
    texts.map(|seen| seen.text).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_product_is_at_the_top() {
    for mail in mails() {
        let first = seen(&mail.html, Scheme::Light).remove(0);
        assert_eq!(first.text, "Acme", "{}", name(&mail));
    }
}

#[test]
fn a_subject_is_short_with_product() {
    for mail in mails() {
        let (name, subject) = (name(&mail), &mail.subject);
        assert!(
            subject.contains("Acme"),
            "{name}: the subject must name the product: {subject}"
        );
        let length = subject.chars().count();
        assert!(
            length < 60,
            "{name}: the subject must be below 60 characters, and has {length}: {subject}"
        );
    }
}

#[test]
fn no_placeholder_is_left() {
    for mail in mails() {
        let (head, body) = mail.html.split_once("</head>").unwrap();
        let (_, title) = head.split_once("<title>").unwrap();
        let title = title.split_once("</title>").unwrap().0;
        assert_eq!(
            unescaped(title),
            mail.subject,
            "{}: the title must be the subject",
            name(&mail)
        );
        for part in [&mail.subject, &mail.text, title, body] {
            assert!(
                !part.contains(['{', '}']),
                "{}: a brace of a placeholder is left: {part}",
                name(&mail)
            );
        }
    }
}

#[test]
fn a_mail_loads_nothing() {
    for mail in mails() {
        for loading in [
            "<img",
            "<svg",
            "<link",
            "<script",
            "<iframe",
            " src",
            "url(",
            "@import",
            "@font-face",
            "background=",
        ] {
            assert!(
                !mail.html.contains(loading),
                "{}: a mail must load nothing, but has {loading}",
                name(&mail)
            );
        }
        let linked = mail.html.replace(LINK, "").replace(STOP_LINK, "");
        assert!(
            !linked.contains("://"),
            "{}: a mail must have no URL but those of its proof: {linked}",
            name(&mail)
        );
    }
}

#[test]
fn html_and_body_have_the_language() {
    for mail in mails() {
        let (tag, direction) = (mail.locale.tag(), mail.locale.direction());
        let name = name(&mail);
        let opening = format!("<!doctype html>\n<html lang=\"{tag}\" dir=\"{direction}\">");
        // Mail programs keep the body alone.
        let body = format!("\n<div lang=\"{tag}\" dir=\"{direction}\"");
        assert!(
            mail.html.starts_with(&opening),
            "{name}: the HTML part must begin with {opening}"
        );
        assert!(
            mail.html.contains(&body),
            "{name}: the body must begin with {body}"
        );
        let start = match direction {
            Direction::LeftToRight => "text-align:left",
            Direction::RightToLeft => "text-align:right",
        };
        assert!(
            mail.html.contains(start),
            "{name}: the card must have {start}"
        );
    }
}

#[test]
fn tables_are_layout_and_not_too_wide() {
    for mail in mails() {
        let (name, html) = (name(&mail), &mail.html);
        assert_eq!(
            html.matches("<table role=\"presentation\" ").count(),
            html.matches("<table ").count(),
            "{name}: each table must have role=\"presentation\""
        );
        assert!(
            html.contains("max-width:560px"),
            "{name}: the card must have the width of base.html"
        );
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{name}: the heading of base.html must be the only one"
        );
    }
}

#[test]
fn texts_are_readable_in_both_schemes() {
    for accent in [
        "#1f4fd8", "#000", "#767676", "#c8102e", "#0a7d28", "#6b21a8", "#ffcc00", "#fff",
    ] {
        for sample in one_language_per_direction() {
            let name = sample.name();
            let mail = sample.with("ACCENT_COLOR", accent).render();
            for scheme in [Scheme::Light, Scheme::Dark] {
                for seen in seen(&mail.html, scheme) {
                    let contrast = seen.color.contrast_with(seen.ground);
                    assert!(
                        contrast >= 4.5,
                        "{name}: the contrast must be 4.5, and is {contrast:.2} \
                         ({scheme:?}, {accent}): {seen:?}"
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
            let text = &light.text;
            for (light, dark) in [(light.color, dark.color), (light.ground, dark.ground)] {
                assert_ne!(
                    light,
                    dark,
                    "{}: a dark screen must have a rule in base.html for the class of {text:?}",
                    name(&mail)
                );
            }
        }
    }
}

/// Gmail cuts a mail at 102 KB, and slow phones have to load it.
#[test]
fn the_longest_mail_is_below_15_kb() {
    for sample in Sample::all() {
        let name = sample.name();
        let usual = sample.render();
        // As SES takes it.
        let taken = serde_json::to_string(&[&usual.subject, &usual.text, &usual.html]).unwrap();
        let usual = taken.len();
        assert!(
            usual < 9_000,
            "{name}: the mail must be below 9 kB, and has {usual}"
        );
        let host = "a".repeat(900);
        let mut sample = sample
            .with("PRODUCT_NAME", "語".repeat(100))
            .with("POSTAL_LINE", "語".repeat(200))
            .with("PUBLIC_URL", format!("https://acme.example/{host}"));
        sample.first_name = format!("{}.", "𐐷".repeat(39));
        sample.address = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
        let longest = sample.render().html.len();
        assert!(
            longest < 15_000,
            "{name}: with long values the mail must be below 15 kB, and has {longest}"
        );
    }
}

/// A part in plain ASCII could be sent unencoded, with lines that are too long for SMTP.
#[test]
fn each_part_has_to_be_encoded() {
    for mail in mails() {
        for (part, text) in [("text", &mail.text), ("HTML", &mail.html)] {
            assert!(
                !text.is_ascii(),
                "{}: the {part} part must have a character beyond ASCII, such as the U+00A0 of a \
                 date or a ’: {text}",
                name(&mail)
            );
        }
    }
}

#[test]
fn a_line_of_text_has_no_space_around() {
    for mail in mails() {
        for line in mail.text.lines() {
            assert_eq!(
                line.trim(),
                line,
                "{}: a line of the text part must have no space around",
                name(&mail)
            );
        }
    }
}

/// Outlook joins the lines of a plain text that have no blank line between them, as Microsoft's
/// article "Line breaks are removed in posts made in plain text format" says. Gmail documents no
/// such rule. Both wrap long lines to the window, so no paragraph is broken into lines.
#[test]
fn a_blank_line_follows_each_paragraph() {
    for mail in mails() {
        // The sender and how to reach it read as one sentence too.
        let (paragraphs, _sender) = mail.text.trim_end().rsplit_once("\n\n").unwrap();
        for paragraph in paragraphs.split("\n\n") {
            assert!(
                !paragraph.trim().contains('\n'),
                "{}: a blank line must be between these lines of the text part: {paragraph}",
                name(&mail)
            );
        }
    }
}

/// A mail program finds the direction of a line by its first letter, not counting what is isolated.
#[test]
fn rtl_lines_begin_with_rtl_letters() {
    for mail in mails().filter(|mail| mail.locale.direction() == Direction::RightToLeft) {
        let own =
            |line: &&str| !["ada@example.org", CODE, LINK, "Acme Accounts", POSTAL].contains(line);
        let is_link = |line: &&str| line.contains("&stop#");
        for line in mail.text.lines().filter(|line| own(line) && !is_link(line)) {
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
            assert!(
                is_right,
                "{}: a line must begin with a letter of the language, so move the value: {line}",
                name(&mail)
            );
        }
    }
}

#[test]
fn values_are_isolated_in_html() {
    for sample in Sample::all() {
        let name = sample.name();
        let html = sample.with("PRODUCT_NAME", "<A> & B").render().html;
        for isolated in [
            "<bdi>ada@example.org</bdi>",
            "<bdi>&#60;A&#62; &#38; B</bdi>",
            "<bdi>help@acme.example</bdi>",
            "<bdi>Acme Accounts</bdi>",
        ] {
            assert!(
                html.contains(isolated),
                "{name}: a value that others chose must be `Value::Untrusted`, as {isolated}: \
                 {html}"
            );
        }
        assert!(
            !html.contains("<A>"),
            "{name}: a template must escape all: {html}"
        );
    }
}
