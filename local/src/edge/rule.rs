//! Which calls break, and how.

use super::call::{Call, Service};
use super::fault::Fault;

/// Calls of one service that break.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub service: Service,
    /// `None`: all operations that can fail so.
    pub operation: Option<&'static str>,
    pub fault: Fault,
    /// How many calls still pass before the first one breaks.
    pub after: u32,
    /// How many calls still break. `None`: all.
    pub times: Option<u32>,
    /// The probability that a call breaks. `None`: 1.
    pub share: Option<f64>,
    /// How many calls broke.
    pub injected: u32,
}

/// What a rule does with a call.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Passes,
    Breaks(Fault),
    /// The next rule decides.
    Undecided,
}

impl Rule {
    /// Every call of the service breaks.
    #[must_use]
    pub fn always(service: Service, fault: Fault) -> Self {
        Self {
            service,
            operation: None,
            fault,
            after: 0,
            times: None,
            share: None,
            injected: 0,
        }
    }

    fn judge(&mut self, call: &Call, random: impl FnOnce() -> f64) -> Verdict {
        let is_meant = self.service == call.service
            && self.operation.is_none_or(|name| name == call.operation)
            && self.times != Some(0);
        if !is_meant {
            return Verdict::Undecided;
        }
        if let Some(left) = self.after.checked_sub(1) {
            self.after = left;
            return Verdict::Passes;
        }
        if !self.fault.can_break(call) || self.share.is_some_and(|share| random() >= share) {
            return Verdict::Undecided;
        }
        self.times = self.times.map(|times| times - 1);
        self.injected += 1;
        Verdict::Breaks(self.fault)
    }
}

/// The fault of a call: the first rule decides that is not used up. `random` is in `0.0..1.0`.
pub(super) fn fault_of(rules: &mut [Rule], call: &Call, random: impl Fn() -> f64) -> Option<Fault> {
    rules
        .iter_mut()
        .find_map(|rule| match rule.judge(call, &random) {
            Verdict::Passes => Some(None),
            Verdict::Breaks(fault) => Some(Some(fault)),
            Verdict::Undecided => None,
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str) -> Call {
        Call {
            service: Service::DynamoDb,
            operation: operation.to_owned(),
        }
    }

    fn rule(fault: Fault, times: Option<u32>) -> Rule {
        Rule {
            times,
            ..Rule::always(Service::DynamoDb, fault)
        }
    }

    /// The faults of calls of these operations, one after another.
    fn faults(mut rules: Vec<Rule>, operations: &[&str]) -> Vec<Option<&'static str>> {
        let operations = operations.iter();
        operations
            .map(|name| fault_of(&mut rules, &call(name), || 0.5).map(Fault::name))
            .collect()
    }

    #[test]
    fn rules_apply_one_after_another() {
        let rules = vec![
            rule(Fault::Error, Some(1)),
            Rule {
                after: 1,
                ..rule(Fault::Html, Some(2))
            },
            rule(Fault::Throttled, None),
        ];
        let expected = ["error", "", "html", "html", "throttled", "throttled"];
        let expected = expected.map(|name| (!name.is_empty()).then_some(name));
        assert_eq!(faults(rules, &["GetItem"; 6]), expected);
    }

    #[test]
    fn other_calls_pass() {
        let of_put = Rule {
            operation: Some("PutItem"),
            ..rule(Fault::Error, None)
        };
        let of_ses = Rule::always(Service::Ses, Fault::Error);
        let found = faults(vec![of_ses, of_put], &["GetItem", "PutItem"]);
        assert_eq!(found, [None, Some("error")]);
    }

    #[test]
    fn only_what_can_fail_so_does() {
        let operations = ["GetItem", "UpdateItem", "TransactWriteItems"];
        for (fault, expected) in [
            (Fault::Conflict, [None, Some("conflict"), Some("conflict")]),
            (Fault::InProgress, [None, None, Some("in_progress")]),
        ] {
            assert_eq!(faults(vec![rule(fault, None)], &operations), expected);
        }
    }

    #[test]
    fn a_share_breaks_by_chance() {
        for (share, expected) in [(0.4, None), (0.5, None), (0.6, Some("error"))] {
            let rule = Rule {
                share: Some(share),
                ..rule(Fault::Error, None)
            };
            assert_eq!(faults(vec![rule], &["GetItem"]), [expected], "{share}");
        }
    }
}
