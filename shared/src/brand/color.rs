//! Colours, and their contrast.

use std::fmt;

use hex::FromHex;

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#1f4fd8` or `#14d`, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = text.strip_prefix('#')?.to_owned();
        if digits.len() == 3 {
            digits = digits.chars().flat_map(|digit| [digit; 2]).collect();
        }
        let [red, green, blue] = FromHex::from_hex(digits).ok()?;
        Some(Self::new(red, green, blue))
    }

    /// The contrast of two colours, from 1 (the same) to 21 (black and white): WCAG 2.2, "contrast
    /// ratio".
    #[must_use]
    pub fn contrast_with(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// This colour, mixed with black until `is_right`. Hue and saturation stay, apart
    /// from rounding.
    #[must_use]
    pub fn darker_until(self, is_right: impl Fn(Self) -> bool) -> Self {
        (0..=u16::from(u8::MAX))
            .map(|black| self.with_black(black))
            .find(|color| is_right(*color))
            .unwrap_or(Self::new(0, 0, 0))
    }

    /// The rest of `black` in 255 is this colour.
    fn with_black(self, black: u16) -> Self {
        const WHOLE: u16 = u8::MAX as u16;
        let mix = |part: u8| {
            let mixed = (u16::from(part) * (WHOLE - black) + WHOLE / 2) / WHOLE;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self::new(mix(self.red), mix(self.green), mix(self.blue))
    }

    /// This colour, mixed with white until `is_right`.
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

    const BLACK: Color = Color::new(0, 0, 0);
    const WHITE: Color = Color::new(0xff, 0xff, 0xff);

    #[test]
    fn yellow_becomes_a_dark_yellow() {
        let dark =
            Color::new(0xff, 0xcc, 0).darker_until(|color| color.contrast_with(WHITE) >= 4.5);
        assert_eq!(dark.to_string(), "#907300");
        assert_eq!(WHITE.darker_until(|_| false), BLACK);
        let nearly_black = Color::new(1, 1, 1);
        assert_eq!(nearly_black.with_black(127), nearly_black, "it is rounded");
        assert_eq!(
            WHITE
                .darker_until(|color| color.contrast_with(WHITE) >= 4.5)
                .to_string(),
            "#767676"
        );
    }

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
    fn contrast_is_symmetric_from_1_to_21() {
        assert!((BLACK.contrast_with(WHITE) - 21.0).abs() < 1e-9);
        assert!((WHITE.contrast_with(WHITE) - 1.0).abs() < 1e-9);
        // The grey that WCAG's own examples give for the limit of 4.5.
        let grey = Color::new(0x76, 0x76, 0x76);
        assert!((grey.contrast_with(WHITE) - 4.54).abs() < 0.01);
        assert!((WHITE.contrast_with(grey) - grey.contrast_with(WHITE)).abs() < 1e-9);
        // Below 11 of 255 the luminance is linear.
        let dark = Color::new(0x0a, 0x0a, 0x0a);
        assert!((dark.contrast_with(BLACK) - 1.0607).abs() < 0.0001);
    }

    #[test]
    fn a_colour_gets_only_as_light_as_needed() {
        let blue = Color::new(0, 0, 0xff);
        assert_eq!(blue.lighter_until(|_| true), blue);
        assert_eq!(blue.lighter_until(|_| false).to_string(), "#ffffff");
        let dark = Color::new(0x1e, 0x21, 0x27);
        let light = blue.lighter_until(|color| color.contrast_with(dark) >= 4.5);
        assert!(light.contrast_with(dark) >= 4.5 && light.contrast_with(dark) < 4.8);
    }
}
