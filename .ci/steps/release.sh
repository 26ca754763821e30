# Steps that build, pack and try a release.

# platforms_of SYSTEM: the names of a release for its platforms, and Rust's targets.
platforms_of() {
    case $1 in
        Linux) printf 'linux-%s %s\n' x86_64 x86_64-unknown-linux-gnu \
            arm64 aarch64-unknown-linux-gnu ;;
        Darwin) printf 'macos-%s %s\n' x86_64 x86_64-apple-darwin arm64 aarch64-apple-darwin ;;
    esac
}

# On Linux with zig, which links for a glibc older than that of this machine, and for arm64.
build_programs_for() {
    local platform=$1 target=$2 folder=$RELEASE/programs/$1
    local options=(--quiet --locked --profile tools --package admin --package local)
    if [[ $platform == linux-* ]]; then
        PATH="$PWD/$BUILD_VENV/bin:$PATH" cargo zigbuild "${options[@]}" --target "$target.$GLIBC"
    else
        cargo build "${options[@]}" --target "$target"
    fi
    mkdir -p "$folder"
    cp "${CARGO_TARGET_DIR:-target}/$target/tools"/{admin,local} "$folder"
}

cyclonedx_is_there() {
    local found
    found=$("$WORK/tools/bin/cargo-cyclonedx" cyclonedx --version 2>/dev/null || true)
    if [[ $found == *" ${CARGO_CYCLONEDX#*@}" ]]; then
        echo "already there"
    else
        # It runs for a second, so an optimised build does not pay.
        cargo install --debug --quiet --locked --root "$WORK/tools" "$CARGO_CYCLONEDX"
    fi
}

commit_time() {
    git log -1 --format=%ct
}

# The tool writes a file into the folder of each package.
bills_of_materials() {
    local target file
    rm -rf "$RELEASE/bills"
    for target in "$@"; do
        mkdir -p "$RELEASE/bills/$target"
        SOURCE_DATE_EPOCH=$(commit_time) "$WORK/tools/bin/cargo-cyclonedx" cyclonedx \
            --quiet --format json --spec-version 1.5 --target "$target"
        for file in {admin,local,functions/*}/*.cdx.json; do
            mv "$file" "$RELEASE/bills/$target"
        done
        rm -f ./*/*.cdx.json
    done
}

# release_targets: Rust's targets of all programs in the archives.
release_targets() {
    local platform target architecture
    for platform in "$RELEASE"/programs/*; do
        { platforms_of Linux; platforms_of Darwin; } | sed -n "s/^${platform##*/} //p"
    done
    for architecture in "$WORK"/artefact/{x86_64,arm64}; do
        [[ ! -d $architecture ]] || rust_target "${architecture##*/}"
    done
}

pack_release() {
    python3 .ci/pack_release.py \
        "$RELEASE/programs" "$WORK/artefact" "$RELEASE/bills" "$RELEASE/archives"
}

release_is_reproducible() {
    cp "$RELEASE/archives/SHA256SUMS" "$WORK/SHA256SUMS"
    pack_release
    cmp "$WORK/SHA256SUMS" "$RELEASE/archives/SHA256SUMS"
}

check_archive() {
    runs_functions || {
        skip functions "the deployment runs them, on Linux only"
        return
    }
    "$EMULATOR_VENV/bin/python" .ci/check_release.py "$RELEASE/archives" \
        "$PWD/$TEMPLATE_VENV/bin/python" -m samcli
}

# What a release packs is compiled for ten minutes, so the archive gets the programs of the tests.
programs_of_the_tests() {
    local folder=$RELEASE/programs
    case $(uname -s) in
        Linux) folder+=/linux-$(own_architecture) ;;
        *) folder+=/macos-$(own_architecture) ;;
    esac
    rm -rf "$RELEASE/programs"
    mkdir -p "$folder"
    cargo build --quiet --locked --bin local --bin admin
    cp "${CARGO_TARGET_DIR:-target}"/debug/{admin,local} "$folder"
    strip "$folder"/{admin,local}
}
