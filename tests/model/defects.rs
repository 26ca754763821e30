//! Broken variants of the protocol, made on the way to DynamoDB. Each proves that a rule can fail.

use std::rc::Rc;

use serde_json::{Value, json};

use super::network::Call;
use super::record::Record;
use super::table::{KEYS, touched_by};
use super::tasks::proof;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A request writes over what others wrote since it read.
    NoVersionCheck,
    /// A request writes over what others wrote, or deleted, since it read.
    NoCondition,
    /// The version of each new record is 1.
    VersionsBeginAtOne,
    /// A refund removes some mail, not its own.
    RefundByNumber,
    /// A refund leaves the mail in the limit of its address.
    RefundOfUserAlone,
    /// A request removes the verified address.
    RequestUnverifies,
    /// An operator cannot end a suppression.
    SuppressionStays,
    /// A link verifies whatever address is on record.
    NoLinkCondition,
    /// The write that counts a mail does not keep the key of the request.
    KeyNotInTheWrite,
    /// A refusal leaves the links of its address.
    RefusalKeepsLinks,
    /// A request in flight does not notice a refusal.
    RefusalKeepsVersion,
    /// A verified user still has a TTL.
    VerifiedUsersExpire,
    /// The stream does not show that a user was verified.
    VerifiedUsersArePending,
    /// Wrong codes in a row are not counted.
    NoLock,
    /// The end of a refusal also removes who was mailed.
    AllowingRemovesMore,
}

impl Defect {
    /// The call as the broken variant makes it. `items` are those before the call.
    pub fn rewrite(self, call: &Call, items: &[Rc<Record>; KEYS]) -> Call {
        let mut body: Value = serde_json::from_str(&call.body).unwrap();
        if let Some(updates) = body["TransactItems"].as_array_mut() {
            for update in updates {
                self.rewrite_update(&mut update["Update"], None);
            }
        } else {
            let item = touched_by(call).first().map(|place| &items[*place]);
            self.rewrite_update(&mut body, item);
        }
        Call {
            body: body.to_string(),
            ..call.clone()
        }
    }

    fn rewrite_update(self, update: &mut Value, item: Option<&Rc<Record>>) {
        let expression = update["UpdateExpression"].as_str().unwrap_or_default();
        let is_on_an_address = expression.contains("refusal =");
        let is_verification = expression.contains("verified_by =");
        match self {
            Self::NoVersionCheck => {
                let always = "attribute_exists(pk)";
                replace(
                    update,
                    "ConditionExpression",
                    ("version = :seen_version", always),
                );
            }
            Self::NoCondition => {
                let always = "attribute_not_exists(nothing)";
                replace(
                    update,
                    "ConditionExpression",
                    ("version = :seen_version", always),
                );
            }
            Self::VersionsBeginAtOne => {
                let condition = update["ConditionExpression"].as_str().unwrap_or_default();
                if condition.contains("attribute_not_exists(version)") {
                    update["ExpressionAttributeValues"][":version"] = json!({ "N": "1" });
                }
            }
            Self::NoLinkCondition => {
                let always = "attribute_exists(pk)";
                replace(
                    update,
                    "ConditionExpression",
                    ("links.#mail > :now", always),
                );
            }
            Self::KeyNotInTheWrite => {
                replace(update, "UpdateExpression", (", requests = :requests", ""));
            }
            Self::RefusalKeepsLinks if !expression.contains("pending =") => {
                replace(update, "UpdateExpression", ("links = :links, ", ""));
            }
            Self::RefusalKeepsVersion if is_on_an_address => {
                replace(update, "UpdateExpression", ("version = :version, ", ""));
            }
            Self::RefundByNumber if expression.contains("REMOVE mails.#mail") => {
                let counted = item.and_then(|item| item.mails.keys().next_back());
                if let Some(mail) = counted {
                    let id = proof(*mail).mail_id().to_string();
                    update["ExpressionAttributeNames"]["#mail"] = json!(id);
                }
            }
            Self::RefundOfUserAlone if expression.ends_with(" REMOVE mails.#mail") => {
                replace(update, "UpdateExpression", (" REMOVE mails.#mail", ""));
            }
            Self::RequestUnverifies if expression.contains("pending =") => {
                let more = ("REMOVE expires_at", "REMOVE expires_at, verified_address");
                replace(update, "UpdateExpression", more);
            }
            Self::SuppressionStays => {
                replace(
                    update,
                    "UpdateExpression",
                    ("REMOVE suppression,", "REMOVE"),
                );
            }
            Self::VerifiedUsersExpire if is_verification => {
                replace(update, "UpdateExpression", (", expires_at", ""));
            }
            Self::VerifiedUsersArePending if is_verification => {
                replace(update, "UpdateExpression", ("REMOVE pending,", "REMOVE"));
            }
            Self::NoLock => {
                let count = ("wrong_codes = :wrong_codes, ", "");
                replace(update, "UpdateExpression", count);
            }
            Self::AllowingRemovesMore => {
                let more = ("REMOVE refusal", "REMOVE refusal, mailed_users");
                replace(update, "UpdateExpression", more);
            }
            _ => {}
        }
    }
}

/// Replaces a part of an expression, and removes the values that it no longer has: DynamoDB refuses
/// an unused one.
fn replace(update: &mut Value, name: &str, (part, by): (&str, &str)) {
    let Some(expression) = update[name].as_str() else {
        return;
    };
    update[name] = json!(expression.replace(part, by));
    let used: Vec<_> = ["ConditionExpression", "UpdateExpression"]
        .iter()
        .filter_map(|name| update[*name].as_str().map(str::to_owned))
        .collect();
    let is_used = |value: &String| {
        used.iter().any(|expression| {
            let mut words = expression.split(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
            words.any(|word| word == value)
        })
    };
    if let Some(values) = update["ExpressionAttributeValues"].as_object_mut() {
        values.retain(|value, _| is_used(value));
    }
}
