//! Any accent colour is readable: one that is too light for white text is darkened.

use proptest::prelude::*;
use shared::brand::color::Color;
use shared::brand::{Brand, DARK_CARD};
use shared::runtime::settings::{self, Environment};

use crate::support::logs;

const WHITE: Color = Color::new(0xff, 0xff, 0xff);
const WCAG_AA: f64 = 4.5;

fn brand(accent: &str) -> Brand {
    let environment =
        Environment::from_pairs(&[("PRODUCT_NAME", "Acme"), ("ACCENT_COLOR", accent)]);
    settings::brand::brand(&environment).unwrap()
}

/// Red, green and blue of a colour as it is written.
fn parts(color: Color) -> [f64; 3] {
    let text = color.to_string();
    [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&text[at..at + 2], 16).unwrap()))
}

fn largest(parts: [f64; 3]) -> f64 {
    parts.into_iter().fold(0.0, f64::max)
}

fn any_color() -> impl Strategy<Value = Color> {
    let light = 0x80..=0xff_u8;
    prop_oneof![
        any::<(u8, u8, u8)>().prop_map(|(red, green, blue)| Color::new(red, green, blue)),
        // Most of these are too light.
        (light.clone(), light.clone(), light)
            .prop_map(|(red, green, blue)| Color::new(red, green, blue)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn white_text_is_readable_on_any_accent(given in any_color()) {
        let brand = brand(&given.to_string());
        prop_assert!(brand.accent.contrast_with(WHITE) >= WCAG_AA);
        prop_assert!(brand.accent_on_dark.contrast_with(DARK_CARD) >= WCAG_AA);
    }

    #[test]
    fn an_accent_is_as_light_as_it_may_be(given in any_color()) {
        let used = brand(&given.to_string()).accent;
        if given.contrast_with(WHITE) >= WCAG_AA {
            prop_assert_eq!(used, given, "a dark one is unchanged");
        } else {
            // The effect of one step of 255 on the contrast.
            let contrast = used.contrast_with(WHITE);
            prop_assert!(contrast < 4.65, "{given}: {contrast}");
        }
    }

    #[test]
    fn a_darkened_accent_keeps_its_hue(given in any_color()) {
        let (before, after) = (parts(given), parts(brand(&given.to_string()).accent));
        let scale = largest(after) / largest(before).max(1.0);
        for (before, after) in before.into_iter().zip(after) {
            let expected = before * scale;
            // Both this part and the largest one were rounded.
            prop_assert!((after - expected).abs() <= 1.0, "{given}: {after} for {expected}");
        }
    }
}

#[test]
fn a_darkened_accent_is_in_the_log() {
    logs::capture();
    let warnings = |given: &str| {
        brand(given);
        let lines = logs::all();
        let lines = lines
            .lines()
            .filter(|line| line.contains("\"WARN\"") && line.contains(given));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let [warning] = &warnings("#fedc01")[..] else {
        panic!("one warning")
    };
    assert!(
        warning.contains("ACCENT_COLOR is too light for white text"),
        "{warning}"
    );
    assert!(
        warning.contains(&brand("#fedc01").accent.to_string()),
        "{warning}"
    );
    assert!(warnings("#123456").is_empty());
}
