//! Which mails there are.

/// Which of the mails one is: a tag of it, so SES's events name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum MailKind {
    /// Carries a proof.
    Verification,
    /// Tells the earlier address that another one replaced it.
    AddressChanged,
    /// Tells the verified address that somebody asked to replace it.
    AddressChangeRequested,
}

impl MailKind {
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The tag's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
