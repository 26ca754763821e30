//! SES's suppression list of the account, in the region of the table.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{SuppressedDestinationSummary, SuppressionListReason};
use aws_smithy_types::date_time::Format;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::{Suppression, SuppressionReason};
use shared::domain::email_address::EmailAddress;
use shared::telemetry::ServiceError;

use crate::error::{AdminError, Refusal};

/// AWS does not document which error SES answers with there, so this follows every unknown one.
const SANDBOX: &str = "In SES's sandbox, ask for production access: the suppression list needs it";

#[derive(Debug)]
pub(crate) struct SuppressionList {
    client: Client,
    /// The region or the endpoint, for errors.
    place: String,
}

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Listed>,
    /// The token of the next page.
    pub(crate) next: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Listed {
    /// The address as SES lists it.
    pub(crate) spelling: String,
    /// The entry as the table records it. `None`: it cannot be read.
    pub(crate) suppression: Option<Suppression>,
}

impl Listed {
    fn of(summary: &SuppressedDestinationSummary) -> Self {
        Self {
            spelling: summary.email_address().to_owned(),
            suppression: read(summary),
        }
    }
}

fn read(summary: &SuppressedDestinationSummary) -> Option<Suppression> {
    let at = summary.last_update_time().fmt(Format::DateTime).ok()?;
    Some(Suppression {
        reason: match summary.reason() {
            SuppressionListReason::Bounce => SuppressionReason::Bounced,
            SuppressionListReason::Complaint => SuppressionReason::Complained,
            _ => return None,
        },
        at: Timestamp::parse(&at)?,
        email: EmailAddress::parse_known(summary.email_address())?,
        mail: None,
        user: None,
    })
}

impl SuppressionList {
    pub(crate) fn new(client: Client, place: String) -> Self {
        Self { client, place }
    }

    /// The page with this token, else the first one.
    pub(crate) async fn page(&self, token: Option<String>) -> Result<Page, AdminError> {
        let list = self.client.list_suppressed_destinations();
        let page = list.set_next_token(token).send().await;
        let page = page.map_err(|error| self.explain(error))?;
        let entries = page.suppressed_destination_summaries().iter();
        Ok(Page {
            entries: entries.map(Listed::of).collect(),
            next: page.next_token.filter(|token| !token.is_empty()),
        })
    }

    /// Removes this spelling of an address from the list. `false`: it was not there.
    pub(crate) async fn remove(&self, spelling: &str) -> Result<bool, AdminError> {
        let remove = self.client.delete_suppressed_destination();
        match remove.email_address(spelling).send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused)) if refused.err().is_not_found_exception() => {
                Ok(false)
            }
            Err(error) => Err(self.explain(error)),
        }
    }

    /// The error for the operator.
    fn explain<E>(&self, error: SdkError<E>) -> AdminError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let place = &self.place;
        let Some(refused) = error.as_service_error() else {
            return AdminError::caused_by(format!("no answer from SES at {place}"), error)
                .advise("Check the network, --region and --ses-endpoint-url");
        };
        let refusal = Refusal(ServiceError::new(refused.code(), refused.message()));
        let is_known = refusal.is_known() && !refusal.is_of_permissions();
        let error = refusal.explain(place, format!("SES at {place} refuses the call"));
        if is_known {
            error
        } else {
            error.advise(SANDBOX)
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    fn listed(reason: &str, at: DateTime) -> Option<Suppression> {
        let summary = SuppressedDestinationSummary::builder()
            .email_address("Ada@example.com")
            .reason(SuppressionListReason::from(reason))
            .last_update_time(at)
            .build();
        Listed::of(&summary.unwrap()).suppression
    }

    #[test]
    fn a_timestamp_is_cut_to_seconds() {
        let at = DateTime::from_secs_f64(1_795_435_205.999);
        let listed = listed("BOUNCE", at).unwrap();
        assert_eq!(listed.at.to_string(), "2026-11-23T12:00:05Z");
    }

    #[test]
    fn unknown_reasons_are_unreadable() {
        let at = DateTime::from_secs(1_795_435_205);
        for reason in ["BOUNCE", "COMPLAINT"] {
            assert!(listed(reason, at).is_some());
        }
        assert_eq!(listed("REFUSED", at), None);
        assert_eq!(listed("BOUNCE", DateTime::from_secs(i64::MAX)), None);
    }
}
