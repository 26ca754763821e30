//! AWS fails, or a function is killed: what is left, and whether the next call ends well.

mod crashes;
mod matrix;
mod path;
mod rows;
mod state;
mod stream;
