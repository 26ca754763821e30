//! SES's suppression list of the account, in the region of the table.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{SuppressedDestinationSummary, SuppressionListReason};
use aws_smithy_types::date_time::Format;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::{Suppression, SuppressionReason};
use shared::domain::email_address::EmailAddress;

use crate::connection::refusal_of_credentials;
use crate::error::AdminError;

/// AWS does not document with which error SES refuses there.
const SANDBOX: &str =
    "As long as the account is in SES's sandbox, nobody may use its suppression list";

/// The list, and the words for where it is.
#[derive(Debug)]
pub(crate) struct SuppressionList {
    client: Client,
    place: String,
}

/// Some entries of the list, and the token of the next ones.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Listed>,
    pub(crate) next: Option<String>,
}

/// An entry of the list.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The address as SES has it.
    pub(crate) spelling: String,
    /// What it comes to for the table. `None`: it cannot be read.
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

    /// The page with this token. Without one the first, of as many entries as SES likes.
    pub(crate) async fn page(&self, token: Option<String>) -> Result<Page, AdminError> {
        let list = self.client.list_suppressed_destinations();
        let page = list.set_next_token(token).send().await;
        let page = page.map_err(|error| self.explain(&error))?;
        let entries = page.suppressed_destination_summaries().iter();
        Ok(Page {
            entries: entries.map(Listed::of).collect(),
            next: page.next_token.filter(|token| !token.is_empty()),
        })
    }

    /// Takes this spelling of an address off the list. `false`: it was not on it.
    pub(crate) async fn remove(&self, spelling: &str) -> Result<bool, AdminError> {
        let remove = self.client.delete_suppressed_destination();
        match remove.email_address(spelling).send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused)) if refused.err().is_not_found_exception() => {
                Ok(false)
            }
            Err(error) => Err(self.explain(&error)),
        }
    }

    /// What the operator can do about an error of SES.
    fn explain<E>(&self, error: &SdkError<E>) -> AdminError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let place = &self.place;
        let Some(refused) = error.as_service_error() else {
            return AdminError::Failed(format!(
                "SES at {place} does not answer: {}. Check the network, --region and --ses-endpoint-url",
                causes(error)
            ));
        };
        let code = refused.code().unwrap_or("error");
        let message = refused.message().unwrap_or("no message");
        if code == "TooManyRequestsException" {
            return AdminError::Failed(format!("SES is busy ({code}). Try again in a moment"));
        }
        let refusal = refusal_of_credentials(code, message, place);
        AdminError::Failed(match refusal {
            Some(refusal) if code != "AccessDeniedException" => refusal,
            refusal => format!(
                "{}. {SANDBOX}",
                refusal.unwrap_or_else(|| format!(
                    "SES at {place} refuses: {code}: {}",
                    message.trim_end_matches('.')
                ))
            ),
        })
    }
}

/// The error and what caused it, down to the first cause.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let chain: Vec<_> = chain.map(ToString::to_string).collect();
    chain.join(": ")
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
    fn an_entry_is_of_a_whole_second() {
        let at = DateTime::from_secs_f64(1_795_435_205.999);
        let listed = listed("BOUNCE", at).unwrap();
        assert_eq!(listed.at.to_string(), "2026-11-23T12:00:05Z");
    }

    #[test]
    fn an_unknown_reason_or_time_is_unreadable() {
        let at = DateTime::from_secs(1_795_435_205);
        for reason in ["BOUNCE", "COMPLAINT"] {
            assert!(listed(reason, at).is_some());
        }
        assert_eq!(listed("REFUSED", at), None);
        assert_eq!(listed("BOUNCE", DateTime::from_secs(i64::MAX)), None);
    }
}
