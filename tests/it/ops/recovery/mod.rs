//! Drills: what docs/operate.md tells an operator to do after a loss, and what users see.

mod key_rotation;
mod lost_stream;
mod restored_table;
