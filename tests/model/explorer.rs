//! Every state that can be reached, nearest first.
//!
//! Not by `stateright`, which brings a web server with it: a search is all that is needed.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::rules::Look;
use super::states::{Scenario, State, Step, World};
use super::table::key;

/// The rule that looks ahead.
pub const LIVENESS: &str = "whatever happened, two months later the user can verify the address";

/// A shortest history that breaks a rule.
#[derive(Debug)]
pub struct Counterexample {
    pub rule: &'static str,
    pub history: String,
}

pub struct Explored {
    pub states: usize,
    pub steps: usize,
}

/// The states of a scenario, each with the step that led to it first.
#[derive(Default)]
struct Found {
    states: Vec<(State, Option<(usize, Step)>)>,
    known: HashSet<State>,
}

impl Found {
    fn add(&mut self, state: State, by: Option<(usize, Step)>) {
        if self.known.insert(state) {
            self.states.push((state, by));
        }
    }

    fn steps_to(&self, mut number: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((before, step)) = self.states[number].1 {
            steps.push(step);
            number = before;
        }
        steps.reverse();
        steps
    }
}

impl World {
    /// Explores a scenario to its end, or to the first step that breaks a rule.
    pub fn explore(&mut self, scenario: &Scenario) -> Result<Explored, Counterexample> {
        let (first, earlier) = self.first(scenario);
        let mut found = Found::default();
        found.add(first, None);
        let (mut next, mut steps) = (0, 0);
        while let Some((before, _)) = found.states.get(next).copied() {
            for (step, after) in self.steps(scenario, &before) {
                steps += 1;
                let look = Look {
                    world: self,
                    scenario,
                    earlier: &earlier,
                    before: &before,
                    step,
                    after: &after,
                };
                let mut broken = look.broken_rule();
                if broken.is_none() && !self.can_verify(&after) {
                    broken = Some(LIVENESS);
                }
                if let Some(rule) = broken {
                    let mut history = found.steps_to(next);
                    history.push(step);
                    return Err(Counterexample {
                        rule,
                        history: self.told(scenario, &history),
                    });
                }
                found.add(after, Some((next, step)));
            }
            next += 1;
        }
        Ok(Explored {
            states: found.states.len(),
            steps,
        })
    }

    /// A history as a person reads it.
    fn told(&mut self, scenario: &Scenario, history: &[Step]) -> String {
        let mut text = format!("{scenario}\n");
        let (mut state, _) = self.first(scenario);
        for step in history {
            let steps = self.steps(scenario, &state);
            let (_, after) = steps.into_iter().find(|(known, _)| known == step).unwrap();
            let deeds = match step {
                Step::Call(actor, _) => self.deeds(after.actors[*actor]),
                Step::Arrive(_) | Step::Pass | Step::Expire(_) => None,
            };
            let ending = deeds.and_then(|deeds| deeds.ending);
            let ending = ending.map_or(String::new(), |ending| format!(", which ends: {ending:?}"));
            let _ = writeln!(text, "  {step:?}{ending}");
            for (place, (old, new)) in state.items.iter().zip(after.items).enumerate() {
                if *old != new {
                    let _ = writeln!(text, "    {} = {}", key(place), self.table.text(new));
                }
            }
            state = after;
        }
        text
    }
}
