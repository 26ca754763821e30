//! Conditional updates, written so that each attribute stands beside its value.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{EXPIRES_AT, Item, map, number, timestamp, version};
use crate::domain::clock::Timestamp;
use crate::domain::version::Version;

/// A condition on an item, with its names and values.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) expression: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Item,
}

impl<E: Into<String>> From<E> for Condition {
    fn from(expression: E) -> Self {
        Self {
            expression: expression.into(),
            names: HashMap::new(),
            values: Item::new(),
        }
    }
}

impl Condition {
    /// The item still has the version that was seen.
    pub(super) fn has_version(attribute: &str, seen: Version) -> Self {
        if seen == Version::NONE {
            return Self::from(format!("attribute_not_exists({attribute})"));
        }
        let placeholder = format!(":seen_{attribute}");
        Self::from(format!("{attribute} = {placeholder}")).value(&placeholder, version(seen))
    }

    /// Lets `#member` stand for each member of a map, as DynamoDB reserves words such as `at`.
    pub(super) fn members<const N: usize>(mut self, members: [&str; N]) -> Self {
        let names = members.map(|member| (format!("#{member}"), member.to_owned()));
        self.names.extend(names);
        self
    }

    pub(super) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }
}

/// An update of one item, sent alone or in a transaction.
#[derive(Debug)]
pub(super) struct ItemUpdate {
    pub(super) key: AttributeValue,
    conditions: Vec<String>,
    set: Vec<String>,
    remove: Vec<String>,
    names: HashMap<String, String>,
    values: Item,
}

/// The members of a call to DynamoDB.
pub(super) struct Expressions {
    pub(super) condition: Option<String>,
    pub(super) update: String,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<Item>,
}

impl ItemUpdate {
    pub(super) fn of(key: AttributeValue) -> Self {
        Self {
            key,
            conditions: Vec::new(),
            set: Vec::new(),
            remove: Vec::new(),
            names: HashMap::new(),
            values: Item::new(),
        }
    }

    /// All conditions must hold. No condition may be in parentheses as a whole, as DynamoDB refuses
    /// two pairs.
    pub(super) fn only_if(mut self, condition: impl Into<Condition>) -> Self {
        let Condition {
            expression,
            names,
            values,
        } = condition.into();
        self.conditions.push(expression);
        self.names.extend(names);
        self.values.extend(values);
        self
    }

    /// Sets the version of an optimistic write, on the condition that the item still has the one
    /// before.
    pub(super) fn next_version(self, attribute: &str, next: Version) -> Self {
        self.only_if(Condition::has_version(attribute, next.before()))
            .set(attribute, version(next))
    }

    /// Changes the version, whatever it is. A new item gets `first`.
    pub(super) fn change_version(self, attribute: &str, first: Version) -> Self {
        let next = format!("if_not_exists({attribute}, :before_{attribute}) + :one");
        let before_first = number(first.number().saturating_sub(1));
        self.set_to(attribute, next)
            .value(&format!(":before_{attribute}"), before_first)
            .value(":one", number(1))
    }

    pub(super) fn set(self, attribute: &str, value: AttributeValue) -> Self {
        self.set_to(attribute, format!(":{attribute}"))
            .value(&format!(":{attribute}"), value)
    }

    /// Sets the TTL attribute, or removes it from an item that stays.
    pub(super) fn expires_at(self, at: Option<Timestamp>) -> Self {
        match at {
            Some(at) => self.set(EXPIRES_AT, timestamp(at)),
            None => self.remove(EXPIRES_AT),
        }
    }

    /// Creates an empty map if there is none, as later writes add to it.
    pub(super) fn keep_map(self, attribute: &str) -> Self {
        self.set_to(attribute, format!("if_not_exists({attribute}, :empty)"))
            .value(":empty", map([]))
    }

    /// Adds one. A missing attribute counts as 0.
    pub(super) fn increment(self, attribute: &str) -> Self {
        let next = format!("if_not_exists({attribute}, :zero) + :one");
        self.set_to(attribute, next)
            .value(":zero", number(0))
            .value(":one", number(1))
    }

    pub(super) fn set_to(mut self, attribute: &str, expression: impl Display) -> Self {
        self.set.push(format!("{attribute} = {expression}"));
        self
    }

    pub(super) fn remove(mut self, path: impl Into<String>) -> Self {
        self.remove.push(path.into());
        self
    }

    /// The id for which `placeholder` stands in a path.
    pub(super) fn name(mut self, placeholder: &str, id: impl Display) -> Self {
        self.names.insert(placeholder.to_owned(), id.to_string());
        self
    }

    pub(super) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    pub(super) fn expressions(self) -> Expressions {
        let condition = match self.conditions.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            all => Some(format!("({})", all.join(") AND ("))),
        };
        let clause = |verb, parts: &[String]| {
            (!parts.is_empty()).then(|| format!("{verb} {}", parts.join(", ")))
        };
        let clauses = [clause("SET", &self.set), clause("REMOVE", &self.remove)];
        Expressions {
            condition,
            update: clauses.into_iter().flatten().collect::<Vec<_>>().join(" "),
            names: not_empty(self.names),
            values: not_empty(self.values),
        }
    }
}

/// DynamoDB refuses an empty map of names or values.
pub(super) fn not_empty<V>(map: HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}
