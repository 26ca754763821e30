//! Colours, and whether one can be read on another.

use std::fmt;

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    /// The colour with these parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#1f4fd8` or `#14d`, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text
            .strip_prefix('#')?
            .chars()
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        let digits = digits?;
        let part = |index: usize| match digits.len() {
            6 => Some(digits.get(2 * index)? * 16 + digits.get(2 * index + 1)?),
            3 => Some(digits.get(index)? * 17),
            _ => None,
        };
        Some(Self::new(part(0)?, part(1)?, part(2)?))
    }

    /// How well one can be read on the other: from 1 (not at all) to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast_with(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// This colour, mixed with as much white as `is_right` asks for.
    #[must_use]
    pub fn lighter_until(self, is_right: impl Fn(Self) -> bool) -> Self {
        (0..=100)
            .map(|percent| self.with_white(percent))
            .find(|color| is_right(*color))
            .unwrap_or(Self::new(0xff, 0xff, 0xff))
    }

    fn with_white(self, percent: u16) -> Self {
        let mix = |part: u8| {
            let mixed = (u16::from(part) * (100 - percent) + 0xff * percent) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self::new(mix(self.red), mix(self.green), mix(self.blue))
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

/// As CSS writes it: `#1f4fd8`.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_reads_back_as_it_is_written() {
        assert_eq!(Color::parse("#1F4fd8").unwrap().to_string(), "#1f4fd8");
        assert_eq!(Color::parse("#14d").unwrap().to_string(), "#1144dd");
        for text in [
            "",
            "#",
            "1f4fd8",
            "#1f4fd",
            "#1f4fd8ff",
            "#gggggg",
            "blue",
            "#１２３",
        ] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_goes_from_1_to_21_and_is_the_same_both_ways() {
        let (black, white) = (Color::new(0, 0, 0), Color::new(255, 255, 255));
        assert!((black.contrast_with(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast_with(white) - 1.0).abs() < 1e-9);
        // The grey that WCAG's own examples give for the limit of 4.5.
        let grey = Color::new(0x76, 0x76, 0x76);
        assert!((grey.contrast_with(white) - 4.54).abs() < 0.01);
        assert!((white.contrast_with(grey) - grey.contrast_with(white)).abs() < 1e-9);
    }

    #[test]
    fn a_colour_gets_as_light_as_it_has_to_and_no_lighter() {
        let blue = Color::new(0, 0, 0xff);
        assert_eq!(blue.lighter_until(|_| true), blue);
        assert_eq!(blue.lighter_until(|_| false).to_string(), "#ffffff");
        let dark = Color::new(0x1e, 0x21, 0x27);
        let light = blue.lighter_until(|color| color.contrast_with(dark) >= 4.5);
        assert!(light.contrast_with(dark) >= 4.5 && light.contrast_with(dark) < 4.8);
    }
}
