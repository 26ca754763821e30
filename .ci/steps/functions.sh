# Steps that build and run the functions.

# The built functions are programs for Linux.
runs_functions() {
    [[ $(uname -s) == Linux ]]
}

# rust_target ARCHITECTURE: Rust's target for Lambda's x86_64 or arm64.
rust_target() {
    echo "${1/arm64/aarch64}-unknown-linux-gnu"
}

# Lambda's name of this machine's processor.
own_architecture() {
    local machine
    machine=$(uname -m)
    echo "${machine/aarch64/arm64}"
}

# has_target TARGET: whether Rust can build for it on this machine.
has_target() {
    [[ -d $(rustc --print target-libdir --target "$1") ]]
}

# sam_build ARCHITECTURE [CHECKOUT]: the command of docs/deploy.md, with samconfig.toml. SAM builds
# one function at a time with cargo-lambda, and each is linked on one core. So cargo-lambda builds
# all of them first.
sam_build() {
    local checkout=${2:-.}
    local PATH="$PWD/$BUILD_VENV/bin:$PATH"
    (
        cd "$checkout"
        # shellcheck disable=SC2046
        cargo lambda build --quiet --release --locked "--${1/_/-}" \
            $(cd functions && printf -- '--package %s ' *)
    )
    AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 \
        sam build --template "$checkout/template.yaml" --parameter-overrides "Architecture=$1" \
        --build-dir "$checkout/$WORK/artefact/$1"
}

# No TLS stack but rustls and ring. check_artefacts.py searches the programs too, but stripping
# hides much.
one_tls_stack() {
    local name crates
    local other_tls='^(aws-lc-|boring|hyper-tls|mbedtls|native-tls|openssl(-sys)? |s2n-tls)'
    for name in functions/*; do
        name=$(basename "$name")
        echo "$name"
        crates=$(cargo tree --locked --package "$name" --edges normal --target all \
            --prefix none --format '{p}')
        if grep -E "$other_tls" <<<"$crates"; then
            echo "$name must not depend on it." >&2
            return 1
        fi
    done
}

# with_functions PYTHON PROGRAM: passes the program the built functions, Lambda's emulator, which is
# in the aws-sam-cli wheel, and the service. The functions are those for this machine's processor.
with_functions() {
    runs_functions || {
        skip functions "they run on Linux only"
        return
    }
    local machine emulators
    machine=$(own_architecture)
    emulators=$("$TEMPLATE_VENV/bin/python" \
        -c 'import samcli.local.rapid as rapid; print(*rapid.__path__)')
    "$@" "$WORK/artefact/$machine" "$emulators/aws-lambda-rie-$machine" \
        "${CARGO_TARGET_DIR:-target}/debug/local"
}
