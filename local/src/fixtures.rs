//! What the event fixtures in `events/` take for granted: an API key, and a user for each state
//! that a verification can find.
//!
//! All of it is public, so it belongs into a table on a developer's machine and nowhere else.

use std::time::Duration;

use shared::address::EmailAddress;
use shared::address_record::AddressRecord;
use shared::api_key::{ANY_SCOPE, ApiKey, ApiKeySecret, USER_WRITE};
use shared::clock::Timestamp;
use shared::code::{Code, CodeKeys};
use shared::proof::{LinkToken, ProofLifetimes};
use shared::store::{Commit, Store, StoreError};
use shared::user_id::UserId;
use shared::user_record::{MailedProof, UserRecord};

/// The API key of the event fixtures.
pub const API_KEY: &str = "evk_event-fixtures-use-this-key-on-local-tables";
/// A key that may not verify anybody.
pub const API_KEY_WITHOUT_SCOPE: &str = "evk_event-fixtures-use-this-key-to-be-refused-";

/// A user with a pending verification.
#[derive(Clone, Copy, Debug)]
pub struct PendingUser {
    /// The user's id.
    pub uuid: &'static str,
    /// The address to be verified.
    pub email: &'static str,
    /// What the link token is made of: this byte, 32 times.
    pub token_byte: u8,
    /// The code that was mailed with the link.
    pub code: &'static str,
    /// Whether both are past their time.
    pub expired: bool,
}

/// Whose link works.
pub const ADA: PendingUser = PendingUser {
    uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11",
    email: "ada@example.com",
    token_byte: 1,
    code: "123456",
    expired: false,
};
/// Whose link has expired.
pub const GRACE: PendingUser = PendingUser {
    uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22",
    email: "grace@example.com",
    token_byte: 2,
    code: "654321",
    expired: true,
};

impl PendingUser {
    /// The token of the user's link.
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
    store.put_api_key(&secret.digest(), &key).await
}

/// Stores everything that the event fixtures take for granted. Users who are there are left as
/// they are.
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
    store_key_with_scope(store, &refused, "event fixtures, refused", "user:read", now).await?;
    for user in [ADA, GRACE] {
        store_pending(store, keys, user, now).await?;
    }
    Ok(())
}

async fn store_pending(
    store: &Store,
    keys: &CodeKeys,
    pending: PendingUser,
    now: Timestamp,
) -> Result<(), StoreError> {
    let malformed = || StoreError::Malformed("a fixture".to_owned());
    let user = UserId::parse(pending.uuid).ok_or_else(malformed)?;
    let address = EmailAddress::parse(pending.email).ok_or_else(malformed)?;
    let lifetimes = ProofLifetimes::DEFAULT;
    // An hour past its day, a link is expired and not yet forgotten.
    let asked_at = if pending.expired {
        now.minus(lifetimes.link).minus(Duration::from_hours(1))
    } else {
        now
    };
    let code = Code::parse(pending.code).ok_or_else(malformed)?;
    let proof = MailedProof {
        link: pending.token().digest(),
        code: keys.digest(&user, &code),
    };
    let record = UserRecord::with_proof(None, &address, proof, lifetimes, asked_at);
    let mailbox = AddressRecord::with_mail(None, proof.link, asked_at);
    match store.commit_request(&user, &record, &mailbox).await? {
        Commit::Written | Commit::Stale { .. } | Commit::Contended => Ok(()),
    }
}
