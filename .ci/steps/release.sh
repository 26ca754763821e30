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

# The option by which programs name files of cargo's registry without its folder. It is passed in
# CARGO_BUILD_RUSTFLAGS, which cargo adds to the processor that cargo-lambda chooses. RUSTFLAGS
# would replace that.
without_folder_of() {
    echo "--remap-path-prefix=$1/registry/src/=registry/"
}

# build_elsewhere FOLDER ARCHITECTURE: builds the functions in a checkout, a target folder and a
# registry of their own, and prints the digests.
build_elsewhere() {
    local folder=$PWD/$WORK/reproducible/$1
    local PATH="$PWD/$BUILD_VENV/bin:$PATH"
    rm -rf "$folder"
    mkdir -p "$folder/checkout" "$folder/cargo"
    git archive HEAD | tar -x -C "$folder/checkout"
    (
        cd "$folder/checkout"
        export CARGO_HOME=$folder/cargo CARGO_TARGET_DIR=$folder/target
        local function packages=()
        for function in functions/*/; do
            packages+=(--package "$(basename "$function")")
        done
        CARGO_BUILD_RUSTFLAGS=$(without_folder_of "$CARGO_HOME") \
            cargo lambda build --quiet --release --locked "--${2/_/-}" "${packages[@]}" >&2
        cd "$CARGO_TARGET_DIR/lambda"
        sha256sum -- */bootstrap
    )
}

builds_are_the_same() {
    local first second
    first=$(build_elsewhere one "$1")
    second=$(build_elsewhere another/of-another-length "$1")
    printf '%s\n\n%s\n' "$first" "$second"
    [[ -n $first && $first == "$second" ]]
}

pack_release() {
    python3 .ci/pack_release.py "$RELEASE/programs" "$WORK/artefact" "$RELEASE/archives"
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
