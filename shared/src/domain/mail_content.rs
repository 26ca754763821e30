//! What a mail carries to verify with.

/// A link, a code, or both.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum MailContent {
    #[default]
    Both,
    Link,
    Code,
}

impl MailContent {
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The word in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    #[must_use]
    pub fn has_link(self) -> bool {
        self != Self::Code
    }

    #[must_use]
    pub fn has_code(self) -> bool {
        self != Self::Link
    }
}
