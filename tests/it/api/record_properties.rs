//! Properties of a user's record after any moves, refusals and verifications.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::link_token::{LinkDigest, LinkToken};
use shared::domain::proof::ProofLifetimes;
use shared::domain::refusal::REFUSAL;
use shared::domain::user_record::{
    EXPIRED_LINK_RETENTION, LinkStanding, MailedProof, UserRecord, Verification,
};

const ADDRESSES: [&str; 4] = [
    "Ada@example.org",
    "ada@example.org",
    "bob@example.org",
    "cy@example.org",
];

#[derive(Clone, Debug)]
enum Step {
    Mail(usize),
    Refuse(usize),
    Withdraw,
    Verify,
    PassDays(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..ADDRESSES.len()).prop_map(Step::Mail),
        2 => (0..ADDRESSES.len()).prop_map(Step::Refuse),
        1 => Just(Step::Withdraw),
        1 => Just(Step::Verify),
        2 => (0..12_u32).prop_map(Step::PassDays),
    ]
}

fn address(number: usize) -> EmailAddress {
    EmailAddress::parse(ADDRESSES[number]).unwrap()
}

/// Every link that was mailed since the last verification.
type Mailed = BTreeMap<LinkDigest, (EmailAddress, Timestamp)>;

fn after(record: &UserRecord, step: &Step, now: Timestamp) -> Option<UserRecord> {
    match step {
        Step::Refuse(number) => Some(record.with_refusal(&address(*number), now)),
        Step::Withdraw => record.with_move_withdrawn(now),
        // As its write does.
        Step::Verify => Some(UserRecord {
            verified: Some(Verification {
                address: record.address.clone(),
                at: now,
            }),
            invalidated_links: BTreeMap::new(),
            version: record.version.next(),
            ..record.clone()
        }),
        Step::Mail(_) | Step::PassDays(_) => None,
    }
}

fn check(record: &UserRecord, mailed: &Mailed, now: Timestamp) -> Result<(), TestCaseError> {
    for (link, (address, mailed_at)) in mailed {
        let named = record.mailed_to(link);
        prop_assert!(named.is_none_or(|named| named.deliverable() == address.deliverable()));
        let kept = mailed_at.plus(
            ProofLifetimes::DEFAULT
                .link
                .saturating_add(EXPIRED_LINK_RETENTION),
        );
        prop_assert!(named.is_some() || kept <= now, "{address:?} of {mailed_at}");
        let is_live = record.link_standing(link, now) == LinkStanding::Live;
        prop_assert!(!is_live || record.address.is_same_mailbox(address));
    }
    for invalidated in record.invalidated_links.values() {
        prop_assert!(invalidated.at.plus(REFUSAL) > now);
        let kept = record.expires_at();
        prop_assert!(kept.is_none_or(|until| until >= invalidated.expires_at()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_link_names_its_address(steps in proptest::collection::vec(step(), 1..40)) {
        let mut now = Timestamp::from_unix_seconds(1_795_435_200);
        let mut record: Option<UserRecord> = None;
        let mut mailed = Mailed::new();
        for (number, step) in (0_u8..).zip(&steps) {
            let next = match (step, &record) {
                (Step::PassDays(days), _) => {
                    now = now.plus(std::time::Duration::from_hours(24) * *days);
                    None
                }
                (Step::Mail(to), current) => {
                    let link = LinkToken::from_random([number; 32]).digest();
                    let proof = MailedProof { link, code: None, language: None };
                    let (to, lifetimes) = (address(*to), ProofLifetimes::DEFAULT);
                    mailed.insert(link, (to.clone(), now));
                    Some(UserRecord::with_proof(current.as_ref(), &to, proof, lifetimes, now))
                }
                (step, Some(current)) => after(current, step, now),
                (_, None) => None,
            };
            let Some(next) = next else { continue };
            if let Step::Verify = step {
                mailed.clear();
            }
            if let (Step::Refuse(refused), Some(before)) = (step, &record)
                && !before.address.is_same_mailbox(&address(*refused))
            {
                prop_assert_eq!(&next.links, &before.links);
            }
            check(&next, &mailed, now)?;
            record = Some(next);
        }
    }
}
