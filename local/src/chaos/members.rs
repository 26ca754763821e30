//! The members of a JSON object, each named in its error.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::ChaosError;

pub(super) struct Members<'a> {
    /// The path of the object. Empty: it is the document.
    place: &'a str,
    members: Map<String, Value>,
}

impl<'a> Members<'a> {
    /// Fails if the object has a member that is not known.
    pub(super) fn new(
        place: &'a str,
        members: Map<String, Value>,
        known: &[&str],
    ) -> Result<Self, ChaosError> {
        let members = Self { place, members };
        let unknown = members
            .members
            .keys()
            .find(|name| !known.contains(&&***name));
        match unknown {
            None => Ok(members),
            Some(name) => {
                let verb = if known.len() == 1 { "is" } else { "are" };
                let known = known.join(", ");
                Err(members.wrong(name, &format!("remove it; known {verb} {known}")))
            }
        }
    }

    pub(super) fn wrong(&self, name: &str, problem: &str) -> ChaosError {
        let member = match self.place {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        };
        ChaosError::Member {
            member,
            problem: problem.to_owned(),
        }
    }

    /// A member that is null is not there.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn number(
        &mut self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, ChaosError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        match value.as_u64() {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let (least, most) = (range.start(), range.end());
                let problem = format!("must be a whole number from {least} to {most}");
                Err(self.wrong(name, &problem))
            }
        }
    }

    /// The index of the name that was chosen.
    pub(super) fn choice(
        &mut self,
        name: &str,
        names: &[&str],
    ) -> Result<Option<usize>, ChaosError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let chosen = names.iter().position(|known| value == *known);
        chosen.map(Some).ok_or_else(|| {
            let known = names.join(", ");
            self.wrong(name, &format!("choose one of {known}; it is {value}"))
        })
    }

    pub(super) fn required_choice(
        &mut self,
        name: &str,
        names: &[&str],
    ) -> Result<usize, ChaosError> {
        self.choice(name, names)?.ok_or_else(|| {
            let known = names.join(", ");
            self.wrong(name, &format!("choose one of {known}"))
        })
    }
}
