//! The workspace, as its `Cargo.toml` files describe it.

use std::process::Command;

use serde_json::Value;

use crate::support::template::root;

pub fn metadata() -> Value {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&metadata.stdout).unwrap()
}
