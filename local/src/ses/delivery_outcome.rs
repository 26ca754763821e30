//! What SES reports of a mail that it accepted. The recipient decides: an address of SES's mailbox
//! simulator, an address on the suppression list, or any other.

use super::address::Address;
use super::suppression_list::{SuppressedFor, SuppressionList};

/// The domain of SES's mailbox simulator (SES Developer Guide, "Using the mailbox simulator").
const SIMULATOR: &str = "simulator.amazonses.com";

/// One delivery status that SES reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The reader's server accepted the mail.
    Delivered,
    /// The reader's server refused it for now, and SES retries.
    Delayed,
    /// SES stopped its retries.
    Expired,
    /// An automatic reply, which SES reports as a transient bounce.
    OutOfOffice,
    /// The reader's server does not know the address.
    Bounced,
    /// The address is on SES's list for all accounts, so SES sent nothing.
    OnGlobalList,
    /// The address is on the account's list, so SES sent nothing.
    OnAccountList(SuppressedFor),
    /// The reader marked the mail as spam.
    Complained,
    /// The reader's server reported that it could not authenticate the sender.
    AuthenticationFailed,
    /// SES found a virus, so it sent nothing.
    Rejected,
}

/// What SES reports of a mail to this recipient, in order.
pub(super) fn outcomes_of(recipient: &str, list: &SuppressionList) -> Vec<DeliveryOutcome> {
    let address = Address::parse(recipient).address.to_ascii_lowercase();
    if let Some(reason) = list.find_in_any_case(&address) {
        return vec![DeliveryOutcome::OnAccountList(reason)];
    }
    // The simulator ignores a label after a plus.
    let simulated = simulated(&address).map(|local| local.split('+').next().unwrap_or_default());
    match simulated {
        Some("bounce") => vec![DeliveryOutcome::Bounced],
        Some("suppressionlist") => vec![DeliveryOutcome::OnGlobalList],
        Some("ooto") => vec![DeliveryOutcome::Delivered, DeliveryOutcome::OutOfOffice],
        Some("complaint") => vec![DeliveryOutcome::Delivered, DeliveryOutcome::Complained],
        // `success`, and every address outside the simulator.
        _ => vec![DeliveryOutcome::Delivered],
    }
}

/// The part before the `@` of an address of the simulator, in small letters.
fn simulated(address: &str) -> Option<&str> {
    let (local, domain) = address.split_once('@')?;
    (domain == SIMULATOR).then_some(local)
}

pub(super) fn is_simulated(address: &str) -> bool {
    simulated(&address.to_ascii_lowercase()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulator_addresses_have_outcomes() {
        let empty = SuppressionList::new();
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
                &[DeliveryOutcome::Delivered, DeliveryOutcome::OutOfOffice],
            ),
            (
                "complaint+x@simulator.amazonses.com",
                &[DeliveryOutcome::Delivered, DeliveryOutcome::Complained],
            ),
        ] {
            assert_eq!(outcomes_of(recipient, &empty), outcomes, "{recipient}");
        }
    }

    #[test]
    fn the_list_is_matched_in_any_case() {
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
