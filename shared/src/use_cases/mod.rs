//! What the service does, one verb each.

pub mod confirm_verification;
pub mod record_mail_event;
#[cfg(feature = "ses")]
pub mod request_verification;
