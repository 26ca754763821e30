//! The store against a model of it: random calls, one after the other and two at once, with time
//! passing between them.
//!
//! The model is the API in a few lines of plain data. Two calls at once may take effect in
//! either order, so the test keeps every world that the answers so far allow, and fails if none is
//! left: then no order of the calls explains the answers.

mod actions;
mod model;
mod run;
