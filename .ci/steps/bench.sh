# Steps of `bench`, and two of `artefact`.

# bench COMMAND [FOLDER...]: bench/__main__.py lists the commands.
bench() {
    PYTHONPATH=.ci python3 bench "$@" "${CARGO_TARGET_DIR:-target}/debug/local"
}

# As SAM builds the functions. The floor alone, as Cargo would give it the features of the others.
build_others() {
    local option package
    option=$(own_architecture)
    for package in floor calls; do
        PATH="$PWD/$BUILD_VENV/bin:$PATH" cargo lambda build --quiet --release --locked \
            "--${option/_/-}" --package "$package" --lambda-dir "$WORK/bench"
    done
}

check_out_base() {
    local commit
    commit=$(git rev-parse --verify "$BASE^{commit}")
    if [[ -e $BASE_CHECKOUT/.git ]]; then
        git -C "$BASE_CHECKOUT" checkout --quiet --detach "$commit"
    else
        git worktree prune
        git worktree add --quiet --detach "$BASE_CHECKOUT" "$commit"
    fi
}

compare_with_base() {
    local machine
    machine=$(own_architecture)
    bench compare "$BASE_CHECKOUT/$WORK/artefact/$machine" "$WORK/artefact/$machine" |
        tee "$WORK/bench.md"
}

# What is exact, of the functions that are built already. The docs have it for x86_64.
figures_are_those_of_the_docs() {
    if ! runs_functions || [[ $(own_architecture) != x86_64 ]]; then
        skip figures "the docs have those of x86_64 on Linux"
        return
    fi
    command -v valgrind || skip instructions "apt-get install valgrind"
    bench check "$WORK/artefact/x86_64"
}

work_is_linear() {
    if ! runs_functions || ! command -v valgrind; then
        skip growth "Valgrind counts the work, and the programs run on Linux only"
        return
    fi
    bench growth "$WORK/artefact/$(own_architecture)"
}
