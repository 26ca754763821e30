//! The mails of a preview.

use shared::domain::mail_content::MailContent;
use shared::domain::mail_kind::MailKind;

/// A mail with one of its contents. A mail without a proof has one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    pub kind: MailKind,
    pub content: MailContent,
}

impl Variant {
    pub fn all() -> impl Iterator<Item = Self> {
        MailKind::ALL.iter().flat_map(|&kind| {
            let contents = match kind {
                MailKind::Verification => MailContent::ALL,
                MailKind::AddressChanged | MailKind::AddressChangeRequested => &[MailContent::Both],
            };
            contents.iter().map(move |&content| Self { kind, content })
        })
    }

    /// The name of its folder.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self.kind, self.content) {
            (MailKind::Verification, MailContent::Link) => "verification_link",
            (MailKind::Verification, MailContent::Code) => "verification_code",
            (kind, _) => kind.as_str(),
        }
    }
}
