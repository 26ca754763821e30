//! The rows of the matrix and of the crashes.
//!
//! A row of `matrix.txt`: the path; the service and its fault, and the call from which it begins,
//! if not the first; how many calls were made; the answer; what is left; the answer to the same
//! event when all is well; what is there then.
//!
//! A row of `crashes.txt`: the path; after how many calls it was killed; and then as above, with
//! how many more mails the limits allow.
//!
//! What is there: how many mails were sent since the first event, the name of a state, and how many
//! events the whole stream makes.

use super::path::Path;

const MATRIX: &str = include_str!("matrix.txt");
const CRASHES: &str = include_str!("crashes.txt");

/// The rows of a path in the matrix.
pub fn of(path: Path) -> Vec<&'static str> {
    of_path(MATRIX, path)
}

/// The rows of a path in the crashes.
pub fn crashes_of(path: Path) -> Vec<&'static str> {
    of_path(CRASHES, path)
}

fn of_path(rows: &'static str, path: Path) -> Vec<&'static str> {
    let prefix = format!("{path:?} | ");
    rows.lines()
        .filter(|row| row.starts_with(&prefix))
        .collect()
}

/// The names of states.
#[rustfmt::skip]
pub const STATES: &[(&str, &str)] = &[
    ("nothing", "user: nothing"),
    ("asked", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails"),
    ("asked twice", "user: 2 mails, 2 links, 2 codes, pending; ada: 2 mails"),
    ("asked three times", "user: 3 mails, 3 links, 3 codes, pending; ada: 3 mails"),
    ("refunded", "user: pending; ada: nothing"),
    ("half refunded", "user: pending; ada: 1 mails"),
    ("asked after half a refund", "user: 1 mails, 1 links, 1 codes, pending; ada: 2 mails"),
    ("uncounted", "user: 1 links, 1 codes, pending; ada: nothing"),
    ("asked after uncounted", "user: 1 mails, 2 links, 2 codes, pending; ada: 1 mails"),
    (
        "moved",
        "user: 2 mails, 1 links, 1 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "moved, asked again",
        "user: 3 mails, 2 links, 2 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 2 mails",
    ),
    ("renewed", "user: 1 mails, 2 links, 1 codes, pending; ada: 2 mails"),
    ("renewed twice", "user: 2 mails, 3 links, 2 codes, pending; ada: 3 mails"),
    ("verified", "user: 1 mails, 1 links, 1 codes, verified ada@example.org; ada: 1 mails"),
    (
        "api attempt",
        "user: 1 mails, 1 links, 1 codes, 1 api_attempts, 1 wrong_codes, pending; \
         ada: 1 mails",
    ),
    (
        "page attempt",
        "user: 1 mails, 1 links, 1 codes, 1 page_attempts, 1 wrong_codes, pending; \
         ada: 1 mails",
    ),
    ("suppressed", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails, suppression"),
    ("bounced", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails, suppression, bounced"),
    ("refused", "user: 1 mails, 1 invalidated_links, pending; ada: 1 mails, refusal"),
    ("allowed", "user: 1 mails, 1 invalidated_links, pending; ada: 1 mails"),
    (
        "replaced",
        "user: 2 mails, 1 links, 1 codes, verified grace@example.net; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "noticed",
        "user: 2 mails, 1 links, 1 codes, verified grace@example.net; \
         ada: 1 mails, 1 notices; grace: 1 mails",
    ),
    ("keyed", "user: 1 mails, 1 links, 1 codes, 1 requests, pending; ada: 1 mails"),
    ("keyed, refunded", "user: 1 requests, pending; ada: nothing"),
    ("keyed, half refunded", "user: 1 requests, pending; ada: 1 mails"),
    (
        "keyed after half a refund",
        "user: 1 mails, 1 links, 1 codes, 1 requests, pending; \
         ada: 2 mails",
    ),
    ("keyed, uncounted", "user: 1 links, 1 codes, 1 requests, pending; ada: nothing"),
    ("keyed after uncounted", "user: 1 mails, 2 links, 2 codes, 1 requests, pending; ada: 1 mails"),
    ("asked twice after half a refund", "user: 2 mails, 2 links, 2 codes, pending; ada: 3 mails"),
    ("move refunded", "user: 1 mails, 1 invalidated_links, pending; ada: 1 mails; grace: nothing"),
    (
        "move half refunded",
        "user: 1 mails, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "moved after half a refund",
        "user: 2 mails, 1 links, 1 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 2 mails",
    ),
    (
        "move uncounted",
        "user: 1 mails, 1 links, 1 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: nothing",
    ),
    (
        "moved after uncounted",
        "user: 2 mails, 2 links, 2 codes, 1 invalidated_links, pending; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "move of the verified",
        "user: 2 mails, 1 links, 1 codes, 1 invalidated_links, pending, verified ada@example.org; \
         ada: 1 mails; grace: 1 mails",
    ),
    (
        "move noticed",
        "user: 2 mails, 1 links, 1 codes, 1 invalidated_links, pending, verified ada@example.org; \
         ada: 1 mails, 1 notices; grace: 1 mails",
    ),
    (
        "withdrawn",
        "user: 2 mails, 2 invalidated_links, pending, verified ada@example.org; \
         ada: 1 mails; grace: 1 mails",
    ),
    ("expired", "user: 1 links, pending; ada: 1 mails"),
    ("expired, half refunded", "user: 1 links, pending; ada: 2 mails"),
    ("renewed after half a refund", "user: 1 mails, 2 links, 1 codes, pending; ada: 3 mails"),
    ("renewed, uncounted", "user: 2 links, 1 codes, pending; ada: 1 mails"),
    ("renewed after uncounted", "user: 1 mails, 3 links, 2 codes, pending; ada: 2 mails"),
    (
        "two api attempts",
        "user: 1 mails, 1 links, 1 codes, 2 api_attempts, 2 wrong_codes, pending; \
         ada: 1 mails",
    ),
    (
        "two page attempts",
        "user: 1 mails, 1 links, 1 codes, 2 page_attempts, 2 wrong_codes, pending; \
         ada: 1 mails",
    ),
    ("delivered", "user: 1 mails, 1 links, 1 codes, pending; ada: 1 mails, delivered"),
    (
        "complained",
        "user: 1 mails, 1 links, 1 codes, pending; \
         ada: 1 mails, suppression, complained",
    ),
];
