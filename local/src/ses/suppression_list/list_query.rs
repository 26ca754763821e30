//! The parameters of `ListSuppressedDestinations`.

use shared::domain::clock::Timestamp;

use super::{Entry, SuppressedFor};
use crate::ses::error::SesError;

#[derive(Default)]
pub(super) struct ListQuery {
    reasons: Vec<SuppressedFor>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    pub(super) page_size: Option<usize>,
    pub(super) token: Option<String>,
}

impl ListQuery {
    /// A parameter may occur more than once.
    pub(super) fn parse(parameters: Vec<(String, String)>) -> Result<Self, SesError> {
        let mut parsed = Self::default();
        for (name, value) in parameters {
            let invalid = || SesError::bad_request(format!("{name} is not valid."));
            let timestamp = || Timestamp::parse(&value).ok_or_else(invalid);
            match name.as_str() {
                "Reason" => parsed.reasons.push(match value.as_str() {
                    "BOUNCE" => SuppressedFor::Bounce,
                    "COMPLAINT" => SuppressedFor::Complaint,
                    _ => return Err(invalid()),
                }),
                "StartDate" => parsed.after = Some(timestamp()?),
                "EndDate" => parsed.before = Some(timestamp()?),
                "PageSize" => parsed.page_size = Some(value.parse().map_err(|_| invalid())?),
                "NextToken" => parsed.token = Some(value),
                _ => return Err(SesError::bad_request(format!("{name} is not known here."))),
            }
        }
        Ok(parsed)
    }

    pub(super) fn includes(&self, entry: &Entry) -> bool {
        let at = Timestamp::from_unix_seconds(entry.unix_seconds);
        (self.reasons.is_empty() || self.reasons.contains(&entry.reason))
            && self.after.is_none_or(|after| at > after)
            && self.before.is_none_or(|before| at < before)
    }
}
