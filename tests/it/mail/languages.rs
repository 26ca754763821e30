//! Names, plurals and dates of each language.

use std::fmt::Write;

use shared::domain::clock::Timestamp;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

use super::sample::Sample;

/// Each month, the first day of a month, and counts in each of their forms. The mails have one
/// month and few counts.
#[test]
fn each_language_is_as_approved() {
    for locale in Locale::ALL {
        let language = locale.language();
        let mut written = String::new();
        for month in 1..=12 {
            let date = format!("2026-{month:02}-02T00:00:00Z");
            let date = language.date_time(Timestamp::parse(&date).unwrap());
            writeln!(written, "{date}").unwrap();
        }
        let first = Timestamp::parse("2026-05-01T00:00:00Z").unwrap();
        writeln!(written, "{}", language.date_time(first)).unwrap();
        for count in [1, 2, 3, 5, 11, 21, 100, 102] {
            let counted = [language.minutes, language.hours, language.days];
            let counted = counted.map(|noun| noun.of(count)).join(" / ");
            writeln!(written, "{counted}").unwrap();
        }
        insta::assert_snapshot!(format!("language_{}", locale.tag()), written);
    }
}

#[test]
fn counts_have_their_plurals() {
    for (locale, hours, minutes, of_link, of_code) in [
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
        let text = Sample::of(MailKind::Verification, locale)
            .living(hours, minutes)
            .render()
            .text;
        let text = text.replace('\u{a0}', " ");
        for lifetime in [of_link, of_code] {
            assert!(
                text.contains(lifetime),
                "{}: {lifetime}: {text}",
                locale.tag()
            );
        }
    }
}

#[test]
fn the_first_of_a_month_has_its_form() {
    for (locale, first) in [
        (Locale::Fr, "jusqu’au 1er décembre 2026"),
        (Locale::PtBr, "até 1º de dezembro de 2026"),
        (Locale::En, "on 1 December 2026"),
        (Locale::De, "bis zum 1. Dezember 2026"),
    ] {
        // From noon of 23 November.
        let text = Sample::of(MailKind::Verification, locale)
            .living(8 * 24, 30)
            .render()
            .text;
        let text = text.replace('\u{a0}', " ");
        assert!(text.contains(first), "{text}");
    }
}
