//! The records that the events in `events/` need: API keys, a user for each state of a
//! verification, and an address for each event of SES.
//!
//! The keys and proofs are public, so never store them in a deployed table.

mod store;

use shared::domain::clock::Timestamp;
use shared::domain::delivery::SentAt;
use shared::domain::link_token::LinkToken;

pub use store::{store_all, store_key, store_verified};

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

/// The users whom `events/verification_page` verifies, and one who refuses mail. Each event has its
/// own, since a replay has another answer.
pub const PAGE_USERS: [PendingUser; 6] = [
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
    PendingUser {
        uuid: "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c36",
        email: "rozsa@example.com",
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
