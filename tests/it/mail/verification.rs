//! The mail that carries a proof, in every language.

use std::time::Duration;

use mail::Mail;
use shared::domain::clock::Timestamp;
use shared::domain::mail_content::MailContent;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

use super::sample::{CODE, LINK, POSTAL, STOP_LINK, SUPPORT, Sample};
use crate::support::markup::{Scheme, attribute, seen};

fn mails() -> impl Iterator<Item = Mail> {
    Locale::ALL
        .into_iter()
        .map(|locale| Sample::of(MailKind::Verification, locale).render())
}

/// The visible texts of the HTML part, in their order.
fn seen_text(mail: &Mail) -> String {
    let texts = seen(&mail.html, Scheme::Light).into_iter();
    texts.map(|seen| seen.text).collect::<Vec<_>>().join(" ")
}

/// Whether the text has these pieces, in this order.
fn assert_order(text: &str, expected: &[&str]) {
    let mut rest = text;
    for piece in expected {
        let found = rest.find(piece);
        let found = found.unwrap_or_else(|| panic!("{piece:?} is missing or too early in {text}"));
        rest = &rest[found + piece.len()..];
    }
}

#[test]
fn both_parts_have_the_same_order() {
    for mail in mails() {
        let said = [
            "ada@example.org",
            "Ada",
            "Acme",
            CODE,
            // The lifetime of the code; the lifetime of the link, and when it expires.
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
fn the_subject_has_code_and_product() {
    for mail in mails() {
        assert!(mail.subject.starts_with(CODE), "{}", mail.subject);
        assert!(mail.subject.contains("Acme"), "{}", mail.subject);
        assert!(mail.subject.chars().count() < 60, "{}", mail.subject);
    }
}

#[test]
fn the_preheader_has_code_and_lifetime() {
    for mail in mails() {
        let (_, hidden) = mail.html.split_once("mso-hide:all\">").unwrap();
        let (preheader, _) = hidden.split_once("</div>").unwrap();
        assert!(preheader.contains(CODE), "{preheader}");
        assert!(preheader.contains("30"), "{preheader}");
    }
}

#[test]
fn the_code_is_large_and_stands_alone() {
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
fn the_link_shows_its_target() {
    for mail in mails() {
        assert!(mail.text.lines().any(|line| line == LINK));
        assert_eq!(mail.html.matches(&format!(" href=\"{LINK}\"")).count(), 2);
        let stops = mail.html.matches("&#38;stop#").count();
        assert_eq!(
            mail.html.matches(" href=").count(),
            2 + stops,
            "no other link"
        );
        assert_eq!(mail.html.matches(&format!(">{LINK}</a>")).count(), 1);
    }
}

#[test]
fn a_code_is_isolated_in_html() {
    for mail in mails() {
        assert!(mail.html.contains(&format!("<bdi>{CODE}</bdi>")));
    }
}

#[test]
fn a_name_of_another_script_is_isolated() {
    for locale in Locale::ALL {
        let mut sample = Sample::of(MailKind::Verification, locale);
        sample.first_name = "محمد".to_owned();
        let html = sample.render().html;
        assert!(html.contains("<bdi>محمد</bdi>"), "{html}");
    }
}

#[test]
fn dates_without_spaces_stay_whole() {
    // A day after the samples.
    let tomorrow = Timestamp::from_unix_seconds(1_795_521_600);
    for locale in Locale::ALL {
        let language = locale.language();
        let html = Sample::of(MailKind::Verification, locale).render().html;
        let date = language.date_time(tomorrow);
        let whole = format!("<span style=\"white-space:nowrap\">{date}</span>");
        assert!(html.contains(&date), "{html}");
        assert_eq!(html.contains(&whole), !language.has_spaces, "{html}");
    }
}

#[test]
fn a_mail_has_the_proof_of_its_content() {
    for locale in Locale::ALL {
        for &content in MailContent::ALL {
            let sample = Sample::of(MailKind::Verification, locale).carrying(content);
            let (name, mail) = (sample.name(), sample.render());
            for part in [&mail.text, &mail.html] {
                assert_eq!(part.contains(CODE), content.has_code(), "{name}: {part}");
                assert_eq!(part.contains(LINK), content.has_link(), "{name}: {part}");
            }
            assert_eq!(mail.html.contains("href"), content.has_link(), "{name}");
            assert_eq!(mail.subject.contains(CODE), content.has_code(), "{name}");
        }
    }
}

#[test]
fn a_mail_has_one_absolute_time() {
    let noon = Timestamp::from_unix_seconds(1_795_435_200);
    let times = [
        (24 * 60, MailContent::Both),
        (24 * 60, MailContent::Link),
        (30, MailContent::Code),
    ];
    for locale in Locale::ALL {
        for (minutes, content) in times {
            let time = locale
                .language()
                .date_time(noon.plus(Duration::from_mins(minutes)));
            let mail = Sample::of(MailKind::Verification, locale)
                .carrying(content)
                .render();
            for part in [&mail.text, &seen_text(&mail)] {
                assert_eq!(part.matches("UTC").count(), 1, "{part}");
                assert!(part.contains(&time), "{time}: {part}");
            }
        }
    }
}

#[test]
fn a_mailed_code_has_its_warning() {
    for locale in Locale::ALL {
        let [with_code, both, link] = [MailContent::Code, MailContent::Both, MailContent::Link]
            .map(|content| {
                let sample = Sample::of(MailKind::Verification, locale).carrying(content);
                sample.render()
            });
        // Code, lifetime, warning.
        let paragraphs = with_code.text.split("\n\n");
        let warning = paragraphs.skip_while(|one| *one != CODE).nth(2).unwrap();
        if locale == Locale::En {
            assert_eq!(warning, "Never pass this code on to anyone.");
        }
        for mail in [&with_code, &both] {
            for part in [&mail.text, &seen_text(mail)] {
                assert_eq!(part.matches(warning).count(), 1, "{warning}: {part}");
            }
        }
        for part in [&link.text, &seen_text(&link)] {
            assert!(!part.contains(warning), "{warning}: {part}");
        }
    }
}

/// SES copies subjects into its events.
#[test]
fn a_subject_may_leave_the_code_out() {
    for locale in Locale::ALL {
        for &content in MailContent::ALL {
            let sample = Sample::of(MailKind::Verification, locale).carrying(content);
            let name = sample.name();
            let mail = sample.with("CODE_IN_SUBJECT", "false").render();
            assert!(!mail.subject.contains(CODE), "{name}: {}", mail.subject);
            assert!(mail.subject.contains("Acme"), "{name}: {}", mail.subject);
            assert_eq!(mail.text.contains(CODE), content.has_code(), "{name}");
        }
    }
}

#[test]
fn an_address_is_below_a_fixed_heading() {
    for locale in Locale::ALL {
        let mut sample = Sample::of(MailKind::Verification, locale);
        let headings = ["a@example.org", "ada@example.org"].map(|address| {
            sample.address = address.to_owned();
            let mail = sample.render();
            let heading = mail.text.lines().next().unwrap().to_owned();
            let start = format!("{heading}\n\n{address}\n\n");
            assert!(mail.text.starts_with(&start), "{}", mail.text);
            let unbroken = "<span style=\"white-space:nowrap\">";
            let html = mail.html.replace(unbroken, "").replace("</span>", "");
            let below = format!(">{heading}</h1>\n<p class=\"quiet plain\"");
            assert!(html.contains(&below), "{below}: {html}");
            heading
        });
        assert_eq!(headings[0], headings[1]);
    }
}

/// A code comes first, so the button beside it is an outline.
/// It is small print, and the first link stays the one that verifies.
#[test]
fn only_the_built_in_page_stops_mail() {
    let own_page = "https://own.example/verify#{uuid}.{token}";
    for locale in Locale::ALL {
        for content in [MailContent::Both, MailContent::Link] {
            let sample = || Sample::of(MailKind::Verification, locale).carrying(content);
            let mail = sample().render();
            assert_eq!(mail.text.matches("&stop#").count(), 1, "{}", mail.text);
            assert_eq!(mail.html.matches("&#38;stop#").count(), 1, "{}", mail.html);
            for part in [&mail.text, &mail.html] {
                let verifies = part.find(LINK).expect("the mail has its link");
                assert!(verifies < part.find("stop#").unwrap(), "{part}");
            }
            let link = format!(r#"<a class="quiet" href="{STOP_LINK}""#);
            assert!(mail.html.contains(&link), "{}", mail.html);
            let own = sample().with("VERIFICATION_URL", own_page).render();
            assert!(!own.text.contains("stop#") && !own.html.contains("stop#"));
        }
        let code = Sample::of(MailKind::Verification, locale).carrying(MailContent::Code);
        let code = code.with("MAIL_CONTENT", "code").render();
        assert!(!code.text.contains("stop#") && !code.html.contains("stop#"));
    }
}

#[test]
fn a_mail_has_one_primary_action() {
    for locale in Locale::ALL {
        for (content, filled, outlined) in [
            (MailContent::Both, 0, 1),
            (MailContent::Link, 1, 0),
            (MailContent::Code, 0, 0),
        ] {
            let sample = Sample::of(MailKind::Verification, locale).carrying(content);
            let html = sample.render().html;
            assert_eq!(
                html.matches("<td class=\"button\"").count(),
                filled,
                "{html}"
            );
            assert_eq!(
                html.matches("<td class=\"outline\"").count(),
                outlined,
                "{html}"
            );
        }
    }
}
