//! Mails: a mail is a value before it is sent to SES as Simple content.
//!
//! Each kind is a module with a catalogue of texts, one file a language. A kind with a layout of
//! its own has a folder of templates of the same name; `notice` is the layout of paragraphs alone.
//! `frame` and the base templates are what they share.

pub mod address_change_requested;
pub mod address_changed;
mod frame;
mod idle_connections;
mod link;
mod mailer;
mod notice;
mod retry;
mod send_error;
mod sender;
mod ses;
mod settings;
pub mod verification;

use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;

pub use link::{LinkTarget, VerificationUrl};
pub use mailer::Mailer;
pub use retry::RetryUnsent;
pub use send_error::SendError;
pub use sender::Sender;
pub use ses::{SES_ATTEMPT, SES_OPERATION, Ses};
pub use settings::{MailSettings, sender_and_reply_to};

/// A rendered mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub kind: MailKind,
    pub locale: Locale,
    pub subject: String,
    /// For readers that show no HTML.
    pub text: String,
    pub html: String,
}
