//! The delivery status of mails, as SES reported it.

use std::collections::HashMap;

use record_mail_events::event::SesEvent;
use serde::Serialize;
use serde_json::Value;

use crate::event_bus::EventBus;

/// One event of SES about one mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Report {
    /// The word that the service records.
    state: &'static str,
    recipients: Vec<String>,
    /// The words of the mail server or of SES.
    reason: String,
    date: String,
    #[serde(skip)]
    rank: u64,
}

/// An event has one of these members of `detail`, which describes what it reports.
const REPORTS: [&str; 5] = ["delivery", "deliveryDelay", "bounce", "complaint", "reject"];

impl Report {
    /// The id of the mail, and what the event reports of it. `None`: `record_mail_events` does not
    /// record it.
    fn of(event: &Value) -> Option<(String, Self)> {
        let read = SesEvent::of(event.clone());
        let state = read.state().ok()??;
        let detail = event.get("detail")?;
        let report = REPORTS.iter().find_map(|member| detail.get(member))?;
        let own = |name: &str| report.get(name).and_then(Value::as_str);
        let reasons = [
            of_recipients(report, "diagnosticCode").pop(),
            own("smtpResponse"),
            own("complaintFeedbackType"),
            own("reason"),
            own("bounceSubType"),
            own("complaintSubType"),
        ];
        let recipients = match own("smtpResponse") {
            Some(_) => texts(report.get("recipients")),
            None => of_recipients(report, "emailAddress"),
        };
        let report = Self {
            state: state.as_str(),
            rank: state.rank(),
            recipients: recipients.into_iter().map(str::to_owned).collect(),
            reason: reasons
                .into_iter()
                .flatten()
                .next()
                .unwrap_or_default()
                .to_owned(),
            date: own("timestamp").or(event.get("time")?.as_str())?.to_owned(),
        };
        Some((read.message_id().to_owned(), report))
    }
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}

/// This member of each recipient of a bounce, a delay or a complaint.
fn of_recipients<'a>(report: &'a Value, name: &str) -> Vec<&'a str> {
    [
        "bouncedRecipients",
        "delayedRecipients",
        "complainedRecipients",
    ]
    .into_iter()
    .filter_map(|member| report.get(member)?.as_array())
    .flatten()
    .filter_map(|recipient| recipient.get(name)?.as_str())
    .collect()
}

/// All reports by SES's ids of the mails.
pub(super) struct Reports(HashMap<String, Vec<Report>>);

impl Reports {
    pub(super) fn of(bus: &EventBus) -> Self {
        let mut reports = HashMap::<_, Vec<_>>::new();
        for event in bus.published() {
            if let Some((mail, report)) = Report::of(&event) {
                reports.entry(mail).or_default().push(report);
            }
        }
        // The sort is stable, so equal states stay in their order.
        for reports in reports.values_mut() {
            reports.sort_by_key(|report| report.rank);
        }
        Self(reports)
    }

    /// The last one is the status on record: events may come in any order, and the highest counts.
    pub(super) fn about(&self, message_id: &str) -> Vec<Report> {
        self.0.get(message_id).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::tests::mail;
    use crate::event_bus;
    use crate::ses::{DeliveryOutcome, SuppressedFor, event};

    fn event_of(outcome: DeliveryOutcome) -> Value {
        let mail = mail("x", "Ada <ada@example.com>", "Hi");
        event(&mail, &mail.to[0], outcome, 1_795_435_201_005)
    }

    fn reports_of(events: impl IntoIterator<Item = Value>) -> Vec<Report> {
        let (bus, _events) = event_bus::new();
        for event in events {
            bus.publish(event);
        }
        Reports::of(&bus).about("0100-x-000000")
    }

    fn reports(outcomes: &[DeliveryOutcome]) -> Vec<Report> {
        reports_of(outcomes.iter().copied().map(event_of))
    }

    #[test]
    fn each_outcome_is_reported() {
        for (outcome, state, reason) in [
            (
                DeliveryOutcome::Delivered,
                "delivered",
                "250 2.6.0 Message received",
            ),
            (
                DeliveryOutcome::Delayed,
                "delayed",
                "smtp; 452 4.2.2 The mailbox is full",
            ),
            (
                DeliveryOutcome::Expired,
                "soft_bounced",
                "smtp; 550 4.4.7 Message expired: unable to deliver",
            ),
            (DeliveryOutcome::OutOfOffice, "soft_bounced", "General"),
            (
                DeliveryOutcome::Bounced,
                "bounced",
                "smtp; 550 5.1.1 user unknown",
            ),
            (DeliveryOutcome::Complained, "complained", "abuse"),
            (
                DeliveryOutcome::OnAccountList(SuppressedFor::Complaint),
                "complained",
                "OnAccountSuppressionList",
            ),
            (
                DeliveryOutcome::AuthenticationFailed,
                "complained",
                "auth-failure",
            ),
            (DeliveryOutcome::Rejected, "rejected", "Bad content"),
        ] {
            let reports = reports(&[outcome]);
            assert_eq!(reports.len(), 1, "{outcome:?}");
            assert_eq!(reports[0].state, state, "{outcome:?}");
            assert_eq!(reports[0].reason, reason, "{outcome:?}");
            assert!(
                reports[0].date.starts_with("2026-11-23T12:00:01"),
                "{outcome:?}"
            );
            if outcome != DeliveryOutcome::Rejected {
                assert_eq!(reports[0].recipients, ["ada@example.com"], "{outcome:?}");
            }
        }
    }

    #[test]
    fn the_highest_state_is_last() {
        let reports = reports(&[
            DeliveryOutcome::Bounced,
            DeliveryOutcome::Delivered,
            DeliveryOutcome::Delayed,
        ]);
        let states: Vec<_> = reports.iter().map(|report| report.state).collect();
        assert_eq!(states, ["delayed", "delivered", "bounced"]);
        assert_eq!(reports_of([json!({ "detail": "unknown" })]), []);
    }

    #[test]
    fn only_recorded_events_are_shown() {
        for (outcome, member, value, state) in [
            (
                DeliveryOutcome::Bounced,
                "/detail/bounce/bounceType",
                "Undetermined",
                Some("soft_bounced"),
            ),
            (
                DeliveryOutcome::Bounced,
                "/detail/bounce/bounceType",
                "Unknown",
                None,
            ),
            (
                DeliveryOutcome::Complained,
                "/detail/complaint/complaintFeedbackType",
                "not-spam",
                None,
            ),
            (
                DeliveryOutcome::Complained,
                "/detail/complaint/complaintFeedbackType",
                "Not-Spam",
                None,
            ),
        ] {
            let mut event = event_of(outcome);
            *event.pointer_mut(member).unwrap() = json!(value);
            let reports = reports_of([event]);
            let states: Vec<_> = reports.iter().map(|report| report.state).collect();
            assert_eq!(states, Vec::from_iter(state), "{value}");
        }
    }
}
