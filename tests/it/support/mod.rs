//! The stack that a test runs on.

pub mod actions;
pub mod app;
pub mod http;
pub mod items;
pub mod lists;
pub mod logs;
pub mod mail;
pub mod markup;
pub mod openapi;
pub mod pattern;
pub mod secrets;
pub mod stream;
pub mod template;
pub mod wire;
pub mod workspace;
