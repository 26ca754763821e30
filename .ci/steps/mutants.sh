# Steps of `mutants`.

cargo_mutants_is_there() {
    [[ -x $MUTANTS/bin/cargo-mutants ]] &&
        [[ $("$MUTANTS/bin/cargo-mutants" mutants --version) == "${CARGO_MUTANTS/@/ }" ]] ||
        cargo install --quiet --locked --root "$MUTANTS" "$CARGO_MUTANTS"
}

# mutants ARGUMENT...
mutants() {
    "$MUTANTS/bin/cargo-mutants" mutants --workspace "$@"
}

exclusions_are_of_mutants() {
    mutants --no-config --list --json >"$WORK/mutants.json"
    python3 .ci/check_mutants.py "$WORK/mutants.json" .ci/mutants.toml
}

each_mutant_fails_a_test() {
    local arguments=(--config .ci/mutants.toml --output "$MUTANTS")
    [[ -z ${SHARD:-} ]] || arguments+=(--shard "$SHARD")
    if [[ -n ${BASE:-} ]]; then
        git diff "$BASE" >"$WORK/mutants.diff"
        arguments+=(--in-diff "$WORK/mutants.diff")
    fi
    # A test program ends with its first failure, for which the compiler wants to be asked so.
    RUSTC_BOOTSTRAP=1 mutants "${arguments[@]}" \
        -- -- -Zunstable-options --fail-fast
}
