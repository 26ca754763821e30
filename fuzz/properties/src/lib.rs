//! What holds for every input of a parser or a handler: the targets of the fuzzer, and a test that
//! replays its corpus.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a property fails by a panic"
)]

mod accept_language;
mod address;
mod answer;
mod bearer;
mod body;
mod code;
mod event;
mod fields;
mod functions;
mod lambda_event;
mod link_damage;
mod network;
mod person_name;
mod return_to;
mod ses_event;
mod stream_record;
mod timestamp;
mod user_id;

pub use accept_language::accept_language;
pub use address::address;
pub use bearer::bearer;
pub use body::body;
pub use code::code;
pub use fields::fields;
pub use lambda_event::lambda_event;
pub use link_damage::link_damage;
pub use person_name::person_name;
pub use return_to::return_to;
pub use ses_event::ses_event;
pub use stream_record::stream_record;
pub use timestamp::timestamp;
pub use user_id::user_id;

/// A target of the fuzzer: its name, and what it runs with each input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 14] = [
    ("accept_language", accept_language),
    ("address", address),
    ("bearer", bearer),
    ("body", body),
    ("code", code),
    ("fields", fields),
    ("lambda_event", lambda_event),
    ("link_damage", link_damage),
    ("person_name", person_name),
    ("return_to", return_to),
    ("ses_event", ses_event),
    ("stream_record", stream_record),
    ("timestamp", timestamp),
    ("user_id", user_id),
];
