//! What an item says, as far as the rules are about it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};
use shared::domain::clock::Timestamp;
use shared::store::stream::RecordedVerification;

use super::tasks::{ADDRESSES, MailNumber, proof};

/// Mails that a history has: of three actors, and two before them.
pub const MAILS: usize = 5;

static IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mails = 0..MailNumber::try_from(MAILS).unwrap();
    mails
        .map(|mail| proof(mail).mail_id().to_string())
        .collect()
});

/// An item of a user or of an address. The default is that of none.
#[derive(Debug, Default)]
pub struct Record {
    pub item: Value,
    pub expires_at: Option<i64>,
    /// The number of the address on record.
    pub address: Option<usize>,
    /// The number of the verified address, and the timestamp.
    pub verified: Option<(usize, String)>,
    pub links: Vec<MailNumber>,
    pub codes: Vec<MailNumber>,
    /// The mails that count, each with its timestamp.
    pub mails: BTreeMap<MailNumber, i64>,
    pub suppressed: bool,
    /// Until when a refusal holds.
    pub refused_until: Option<i64>,
}

impl Record {
    pub fn of(item: Value) -> Self {
        let text = |name: &str| item[name]["S"].as_str();
        let address = |name| {
            let text = text(name)?;
            ADDRESSES.iter().position(|address| *address == text)
        };
        let refused_at = item["refusal"]["M"]["at"]["S"].as_str();
        let month = 30 * 24 * 60 * 60;
        let refused_until = refused_at
            .and_then(Timestamp::parse)
            .map(|at| at.unix_seconds() + month);
        Self {
            expires_at: number(&item["expires_at"]),
            address: address("address"),
            verified: address("verified_address").zip(text("verified_at").map(str::to_owned)),
            links: mails_in(&item["links"]).map(|(mail, _)| mail).collect(),
            codes: mails_in(&item["codes"]).map(|(mail, _)| mail).collect(),
            mails: mails_in(&item["mails"])
                .filter_map(|(mail, at)| Some((mail, number(at)?)))
                .collect(),
            suppressed: item.get("suppression").is_some(),
            refused_until,
            item,
        }
    }

    pub fn exists(&self) -> bool {
        !self.item.is_null()
    }

    /// Whether it stops a mail to its address.
    pub fn stops_mail(&self, now: i64) -> bool {
        self.suppressed || self.refused_until.is_some_and(|until| until > now)
    }

    /// The same item without these attributes.
    pub fn without(&self, names: &[&str]) -> Value {
        let mut item = self.item.clone();
        if let Some(attributes) = item.as_object_mut() {
            attributes.retain(|name, _| !names.contains(&name.as_str()));
        }
        item
    }

    /// Whether the stream reports this change as a verification.
    pub fn is_published_as_verification(before: &Self, after: &Self) -> bool {
        let record = json!({
            "dynamodb": { "OldImage": before.item, "NewImage": after.item },
        });
        RecordedVerification::of(&record).unwrap().is_some()
    }
}

fn number(value: &Value) -> Option<i64> {
    value["N"].as_str()?.parse().ok()
}

/// The members of a map whose keys are ids of mails.
fn mails_in(map: &Value) -> impl Iterator<Item = (MailNumber, &Value)> {
    let ids = (0..).zip(IDS.iter());
    ids.filter_map(|(mail, id)| Some((mail, map["M"].get(id)?)))
}
