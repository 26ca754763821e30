//! `GetAccount`: out of the sandbox, healthy, and with the quota of a new production account.

use std::collections::VecDeque;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::address::Address;
use super::delivery_outcome::is_simulated;
use super::error::SesError;
use super::events::REGION;
use super::identities::{Identities, is_verified};
use super::suppression_list::SuppressedFor;
use super::{Ses, Signed};
use crate::arrival::Arrival;
use crate::captured_mails::CapturedMail;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

#[derive(Clone, Debug)]
pub struct Account {
    /// `false`: the account is in the sandbox.
    pub production_access: bool,
    pub sending_enabled: bool,
    /// `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    pub enforcement_status: &'static str,
    pub max_24_hour_send: u32,
    pub max_send_rate: u32,
    /// What puts an address on the suppression list.
    pub suppressed_reasons: Vec<SuppressedFor>,
    /// When each mail was sent to each recipient, in milliseconds since the Unix epoch.
    sent_at: VecDeque<i64>,
}

/// Why SES rejects a mail from or to identities that are not verified.
pub(crate) fn rejected_text(identities: &str) -> String {
    format!(
        "Email address is not verified. The following identities failed the check in region {}: \
         {identities}",
        REGION.to_ascii_uppercase(),
    )
}

impl Default for Account {
    fn default() -> Self {
        Self {
            production_access: true,
            sending_enabled: true,
            enforcement_status: "HEALTHY",
            max_24_hour_send: 50_000,
            max_send_rate: 14,
            suppressed_reasons: vec![SuppressedFor::Bounce, SuppressedFor::Complaint],
            sent_at: VecDeque::new(),
        }
    }
}

impl Account {
    /// Refuses what a paused account, or one in the sandbox, may not send.
    pub(super) fn check(
        &self,
        mail: &CapturedMail,
        identities: &Identities,
    ) -> Result<(), SesError> {
        if !self.sending_enabled || self.enforcement_status == "SHUTDOWN" {
            return Err(SesError::sending_paused());
        }
        if self.production_access {
            return Ok(());
        }
        let address_of = |written: &String| Address::parse(written).address;
        let recipients = mail.recipients().map(address_of);
        let recipients = recipients.filter(|address| !is_simulated(address));
        let all = [address_of(&mail.from)].into_iter().chain(recipients);
        let failed: Vec<_> = all.filter(|one| !is_verified(identities, one)).collect();
        if failed.is_empty() {
            return Ok(());
        }
        Err(SesError::message_rejected(rejected_text(
            &failed.join(", "),
        )))
    }

    /// Counts a mail, once for each recipient.
    pub(super) fn count(&mut self, recipients: usize, unix_millis: i64) {
        self.sent_at
            .extend(std::iter::repeat_n(unix_millis, recipients));
    }

    fn describe(&mut self, now_millis: i64) -> Value {
        let is_old = |sent: &i64| now_millis - sent >= DAY_MILLIS;
        while self.sent_at.front().is_some_and(is_old) {
            self.sent_at.pop_front();
        }
        let sent = u32::try_from(self.sent_at.len()).unwrap_or(u32::MAX);
        json!({
            "DedicatedIpAutoWarmupEnabled": false,
            "EnforcementStatus": self.enforcement_status,
            "PricingAttributes": { "CurrentPlan": "NONE" },
            "ProductionAccessEnabled": self.production_access,
            "SendQuota": {
                // SES writes these numbers as decimals.
                "Max24HourSend": f64::from(self.max_24_hour_send),
                "MaxSendRate": f64::from(self.max_send_rate),
                "SentLast24Hours": f64::from(sent),
            },
            "SendingEnabled": self.sending_enabled,
            "SuppressionAttributes": { "SuppressedReasons": self.suppressed_reasons },
            "VdmAttributes": { "VdmEnabled": "DISABLED" },
        })
    }
}

pub(super) async fn get(State(ses): State<Ses>, _: Signed) -> Json<Value> {
    let now = Arrival::now().unix_millis;
    Json(ses.account.with(|account| account.describe(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_count_for_a_day() {
        let mut account = Account::default();
        account.count(2, 1_000);
        account.count(1, 2_000);
        let mut sent = |now| account.describe(now)["SendQuota"]["SentLast24Hours"].clone();
        assert_eq!(sent(2_000), 3.0);
        assert_eq!(sent(DAY_MILLIS + 1_000), 1.0);
        assert_eq!(sent(DAY_MILLIS + 2_000), 0.0);
    }
}
