//! The records that the events in `events/` need: API keys, a user for each state of a
//! verification, and an address for each event of SES.
//!
//! The keys and proofs are public, so never store them in a deployed table.

use std::time::Duration;

use record_mail_events::record_mail_event::RecordMailEvent;
use shared::domain::address_record::AddressRecord;
use shared::domain::api_key::{ANY_SCOPE, ApiKey, ApiKeySecret, USER_READ, USER_WRITE};
use shared::domain::claim::Claim;
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::Channel;
use shared::domain::delivery::{Delivery, DeliveryState, MailEvent, SentAt};
use shared::domain::email_address::EmailAddress;
use shared::domain::link_token::LinkToken;
use shared::domain::mail_id::MailId;
use shared::domain::proof::ProofLifetimes;
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_id::UserId;
use shared::domain::user_record::{MailedProof, UserRecord};
use shared::domain::verification_code::{Code, CodeKeys};
use shared::store::{Commit, OperatorStore, Store, StoreError};

/// A key with all scopes.
pub const API_KEY: &str = "evk_event-fixtures-use-this-key-on-local-tables";
/// A key that may only read.
pub const API_KEY_FOR_READING: &str = "evk_event-fixtures-use-this-key-to-read-alone--";
/// A key without any scope of this API.
pub const API_KEY_WITHOUT_SCOPE: &str = "evk_event-fixtures-use-this-key-to-be-refused-";

/// A user with a pending verification.
#[derive(Clone, Copy, Debug)]
pub struct PendingUser {
    pub uuid: &'static str,
    pub email: &'static str,
    /// The link token is this byte, 32 times.
    pub token_byte: u8,
    pub code: &'static str,
    /// Whether link and code have expired.
    pub expired: bool,
}

/// Has a link and a code that work.
pub const ADA: PendingUser = PendingUser {
    uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11",
    email: "ada@example.com",
    token_byte: 1,
    code: "123456",
    expired: false,
};
/// Has an expired link and code.
pub const GRACE: PendingUser = PendingUser {
    uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22",
    email: "grace@example.com",
    token_byte: 2,
    code: "654321",
    expired: true,
};

/// The users that `events/verification_page` verifies. Each event has its own, since a replay has
/// another answer.
pub const PAGE_USERS: [PendingUser; 5] = [
    PendingUser {
        uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c31",
        email: "gladys@example.com",
        ..ADA
    },
    PendingUser {
        uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c32",
        email: "roberta@example.com",
        ..ADA
    },
    PendingUser {
        uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c33",
        email: "shafi@example.com",
        ..ADA
    },
    PendingUser {
        uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c34",
        email: "adele@example.com",
        ..ADA
    },
    PendingUser {
        uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c35",
        email: "lynn@example.com",
        ..ADA
    },
];

impl PendingUser {
    #[must_use]
    pub fn token(&self) -> LinkToken {
        LinkToken::from_random([self.token_byte; 32])
    }
}

/// An address with a mail on record.
#[derive(Clone, Copy, Debug)]
pub struct MailedAddress {
    pub email: &'static str,
    /// The link token of the mail is this byte, 32 times.
    pub token_byte: u8,
    /// Whether it is on record that the mail was delivered.
    pub delivered: bool,
}

/// The addresses of `events/record_mail_events`. The other addresses there stand for mails that are
/// no longer on record.
pub const MAILED: [MailedAddress; 8] = [
    mailed("mary@example.com", 11, false),
    mailed("radia@example.com", 12, false),
    mailed("barbara@example.com", 13, false),
    mailed("dorothy@example.com", 14, false),
    mailed("hedy@example.com", 15, false),
    mailed("annie@example.com", 16, false),
    mailed("joan@example.com", 17, true),
    mailed("karen@example.com", 18, true),
];
/// When SES accepted their mails, according to the events: 2026-11-23T12:00:00.123Z.
pub const MAILED_AT: SentAt = SentAt::from_unix_millis(1_795_435_200_123);
/// A second later.
pub const DELIVERED_AT: Timestamp = Timestamp::from_unix_seconds(1_795_435_201);

/// A verified address.
pub const VERIFIED: MailedAddress = mailed("sofia@example.com", 21, true);
/// A verified address whose mail bounced later.
pub const BOUNCED: MailedAddress = mailed("maryam@example.com", 22, true);
/// An hour after the delivery.
pub const BOUNCED_AT: Timestamp = Timestamp::from_unix_seconds(1_795_438_801);

const fn mailed(email: &'static str, token_byte: u8, delivered: bool) -> MailedAddress {
    MailedAddress {
        email,
        token_byte,
        delivered,
    }
}

impl MailedAddress {
    #[must_use]
    pub fn token(&self) -> LinkToken {
        LinkToken::from_random([self.token_byte; 32])
    }
}

/// Stores an API key that may verify users.
///
/// # Errors
///
/// The table cannot be written.
pub async fn store_key(
    store: &Store,
    secret: &ApiKeySecret,
    label: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    store_key_with_scope(store, secret, label, USER_WRITE, now).await
}

async fn store_key_with_scope(
    store: &Store,
    secret: &ApiKeySecret,
    label: &str,
    scope: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = ApiKey {
        label: label.to_owned(),
        scopes: vec![scope.to_owned()],
        created_at: now,
        expires_at: None,
    };
    let store = OperatorStore::new(store.clone());
    store.put_api_key(&secret.digest(), &key).await
}

/// Stores the records of all events except `email_verification_status`. Existing users stay as they
/// are.
///
/// # Errors
///
/// The table cannot be written.
pub async fn store_all(store: &Store, keys: &CodeKeys, now: Timestamp) -> Result<(), StoreError> {
    store_key_with_scope(
        store,
        &ApiKeySecret::presented(API_KEY),
        "event fixtures",
        ANY_SCOPE,
        now,
    )
    .await?;
    let refused = ApiKeySecret::presented(API_KEY_WITHOUT_SCOPE);
    store_key_with_scope(
        store,
        &refused,
        "event fixtures, refused",
        "other:read",
        now,
    )
    .await?;
    for user in [ADA, GRACE].into_iter().chain(PAGE_USERS) {
        store_pending(store, keys, user, now).await?;
    }
    for mailed in MAILED {
        store_mailed(store, keys, mailed, now).await?;
    }
    Ok(())
}

/// Stores the records of `events/email_verification_status`. They are separate because they put two
/// verifications and a bounce into the table's stream.
///
/// # Errors
///
/// The table cannot be written.
pub async fn store_verified(
    store: &Store,
    keys: &CodeKeys,
    now: Timestamp,
) -> Result<(), StoreError> {
    let reading = ApiKeySecret::presented(API_KEY_FOR_READING);
    store_key_with_scope(store, &reading, "event fixtures, reading", USER_READ, now).await?;
    for verified in [VERIFIED, BOUNCED] {
        store_mailed(store, keys, verified, now).await?;
        store_verification(store, verified).await?;
    }
    let record_mail_event = RecordMailEvent {
        store: store.clone(),
    };
    record_mail_event.run(&bounce_of(BOUNCED)?).await?;
    Ok(())
}

async fn store_pending(
    store: &Store,
    keys: &CodeKeys,
    pending: PendingUser,
    now: Timestamp,
) -> Result<(), StoreError> {
    let user = UserId::parse(pending.uuid).ok_or_else(malformed)?;
    let address = EmailAddress::parse(pending.email).ok_or_else(malformed)?;
    let lifetimes = ProofLifetimes::DEFAULT;
    // An hour after its expiry, a link is still on record.
    let requested_at = if pending.expired {
        now.minus(lifetimes.link).minus(Duration::from_hours(1))
    } else {
        now
    };
    let code = Code::parse(pending.code).ok_or_else(malformed)?;
    let proof = MailedProof {
        link: pending.token().digest(),
        code: keys.digest(&user, &code),
    };
    store_request(store, &user, &address, proof, requested_at).await
}

async fn store_mailed(
    store: &Store,
    keys: &CodeKeys,
    mailed: MailedAddress,
    now: Timestamp,
) -> Result<(), StoreError> {
    let address = EmailAddress::parse(mailed.email).ok_or_else(malformed)?;
    let user = UserId::derived_from(&address);
    let code = Code::parse("000000").ok_or_else(malformed)?;
    let proof = MailedProof {
        link: mailed.token().digest(),
        code: keys.digest(&user, &code),
    };
    store_request(store, &user, &address, proof, now).await?;
    if mailed.delivered {
        let delivery = Delivery {
            mail: proof.mail_id(),
            sent_at: MAILED_AT,
            state: DeliveryState::Delivered,
            at: DELIVERED_AT,
        };
        store
            .record_delivery(&MailEvent {
                address,
                user: Some(user),
                delivery,
            })
            .await?;
    }
    Ok(())
}

async fn store_verification(store: &Store, verified: MailedAddress) -> Result<(), StoreError> {
    let address = EmailAddress::parse(verified.email).ok_or_else(malformed)?;
    let claim = Claim {
        user: UserId::derived_from(&address),
        address: None,
    };
    let link = verified.token().digest();
    store
        .verify_by_link(&claim, &link, Channel::Api, DELIVERED_AT)
        .await?;
    Ok(())
}

fn bounce_of(mailed: MailedAddress) -> Result<MailEvent, StoreError> {
    Ok(MailEvent {
        address: EmailAddress::parse(mailed.email).ok_or_else(malformed)?,
        user: None,
        delivery: Delivery {
            mail: MailId::of(&mailed.token().digest()),
            sent_at: MAILED_AT,
            state: DeliveryState::Bounced,
            at: BOUNCED_AT,
        },
    })
}

async fn store_request(
    store: &Store,
    user: &UserId,
    address: &EmailAddress,
    proof: MailedProof,
    at: Timestamp,
) -> Result<(), StoreError> {
    let user_record = UserRecord::with_proof(None, address, proof, ProofLifetimes::DEFAULT, at);
    let keep = MailLimit::DEFAULT.to_unverified;
    let address_record = AddressRecord::with_mail(None, proof.mail_id(), *user, keep, at);
    match store
        .commit_request(user, &user_record, &address_record)
        .await?
    {
        Commit::Written | Commit::Stale { .. } | Commit::Contended => Ok(()),
    }
}

fn malformed() -> StoreError {
    StoreError::Malformed("a fixture".into())
}
