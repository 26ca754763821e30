//! How a person starts this program, for the commands that it shows.

use std::env;

/// Cargo sets `CARGO` for what it runs. Without it, this is the program of a release.
#[must_use]
pub fn name() -> &'static str {
    name_in(env::var_os("CARGO").is_some())
}

fn name_in(cargo: bool) -> &'static str {
    if cargo { "cargo run --" } else { "./local" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cargo_runs_cargo_run() {
        assert_eq!(name_in(true), "cargo run --");
        assert_eq!(name_in(false), "./local");
        assert_eq!(name(), "cargo run --", "cargo runs this test");
    }
}
