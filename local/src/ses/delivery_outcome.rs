//! What becomes of a mail after SES took it: the addresses of SES's mailbox simulator, and SES's
//! suppression list.

use super::address::Address;
use super::suppression_list::{SuppressedFor, SuppressionList};

/// The domain of SES's mailbox simulator (SES Developer Guide, "Using the mailbox simulator").
const SIMULATOR: &str = "simulator.amazonses.com";

/// One thing that SES tells of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The reader's server took it.
    Delivered,
    /// The reader's server takes nothing for now, and SES tries again.
    Delayed,
    /// SES gave up after it tried for a while.
    GivenUp,
    /// An out-of-office answer came back, which SES tells as a bounce.
    AnsweredByMachine,
    /// The reader's server knows no such reader.
    Bounced,
    /// SES had the address on the list that it keeps for all of its customers, and sent nothing.
    OnGlobalList,
    /// SES had the address on the account's list, and sent nothing.
    OnAccountList(SuppressedFor),
    /// The reader called it spam.
    Complained,
    /// The reader's server reported that the sender could not be authenticated.
    Reported,
    /// SES found a virus, and sent nothing.
    Rejected,
}

/// What SES tells of a mail to this recipient, in the order in which it happens.
pub(super) fn outcomes_of(recipient: &str, list: &SuppressionList) -> Vec<DeliveryOutcome> {
    let address = Address::parse(recipient).address.to_ascii_lowercase();
    if let Some(reason) = list.find_in_any_case(&address) {
        return vec![DeliveryOutcome::OnAccountList(reason)];
    }
    let simulated = address
        .split_once('@')
        .filter(|(_, domain)| *domain == SIMULATOR)
        // What follows a plus is the sender's own label.
        .map(|(local, _)| local.split('+').next().unwrap_or_default());
    match simulated {
        Some("bounce") => vec![DeliveryOutcome::Bounced],
        Some("suppressionlist") => vec![DeliveryOutcome::OnGlobalList],
        Some("ooto") => vec![
            DeliveryOutcome::Delivered,
            DeliveryOutcome::AnsweredByMachine,
        ],
        Some("complaint") => vec![DeliveryOutcome::Delivered, DeliveryOutcome::Complained],
        // `success`, and everybody who is no simulation.
        _ => vec![DeliveryOutcome::Delivered],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulators_addresses_do_what_they_are_named_after_with_any_label() {
        let none = SuppressionList::new();
        for (recipient, outcomes) in [
            ("ada@example.com", &[DeliveryOutcome::Delivered][..]),
            ("bounce@example.com", &[DeliveryOutcome::Delivered]),
            (
                "success@simulator.amazonses.com",
                &[DeliveryOutcome::Delivered],
            ),
            (
                "bounce@simulator.amazonses.com",
                &[DeliveryOutcome::Bounced],
            ),
            (
                "Bounce+Label@Simulator.AmazonSES.com",
                &[DeliveryOutcome::Bounced],
            ),
            (
                "Ada <bounce+1@simulator.amazonses.com>",
                &[DeliveryOutcome::Bounced],
            ),
            (
                "suppressionlist@simulator.amazonses.com",
                &[DeliveryOutcome::OnGlobalList],
            ),
            (
                "ooto@simulator.amazonses.com",
                &[
                    DeliveryOutcome::Delivered,
                    DeliveryOutcome::AnsweredByMachine,
                ],
            ),
            (
                "complaint+x@simulator.amazonses.com",
                &[DeliveryOutcome::Delivered, DeliveryOutcome::Complained],
            ),
        ] {
            assert_eq!(outcomes_of(recipient, &none), outcomes, "{recipient}");
        }
    }

    #[test]
    fn nothing_is_delivered_to_an_address_on_the_list_in_whatever_case_it_is_listed() {
        let list = SuppressionList::new();
        list.put("Ada@Example.com", SuppressedFor::Bounce, 0);
        let outcome = DeliveryOutcome::OnAccountList(SuppressedFor::Bounce);
        assert_eq!(outcomes_of("ada@example.com", &list), [outcome]);
        assert_eq!(outcomes_of("ADA@example.com", &list), [outcome]);
        assert_eq!(
            outcomes_of("bob@example.com", &list),
            [DeliveryOutcome::Delivered]
        );
    }
}
