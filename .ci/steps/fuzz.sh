# Steps of `fuzz`.

# What libFuzzer measures: which edges ran, how often, and what was compared. It is what cargo-fuzz
# passes without a sanitizer. None is needed, as no code of ours is unsafe.
readonly COVERAGE='--cfg fuzzing -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares'

build_targets() {
    # The versions that the functions have. Cargo drops what the targets do not need, and adds the
    # fuzzer.
    cp Cargo.lock fuzz/Cargo.lock
    # With its target named, cargo builds macros and build scripts without these flags.
    RUSTFLAGS=${COVERAGE//$'\n'/ } cargo build --quiet --release --manifest-path fuzz/Cargo.toml \
        --target-dir "$FUZZ" --target "$(rust_host)"
}

# fuzz COMMAND [SECONDS]
fuzz() {
    python3 .ci/fuzz.py "$1" "$FUZZ/$(rust_host)/release" "$FUZZ" "${@:2}"
}

rust_host() {
    rustc -vV | sed -n 's/^host: //p'
}
