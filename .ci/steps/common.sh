# How a step is run, and how tools are installed.

running=''
skipped=''
# The process of the parts that run beside others.
beside=''

ended() {
    stop_stack
    [[ -z $beside ]] || kill -- "-$beside" 2>/dev/null || true
    [[ -z $running ]] || printf '\nFailed: %s\n' "$running" >&2
}

# step HEADING COMMAND [ARGUMENT...]
step() {
    running=$1
    printf '\n== %s\n' "$running"
    local began=$SECONDS
    shift
    "$@"
    printf '   took %d s\n' $((SECONDS - began))
    running=''
}

# skip NAME REASON
skip() {
    printf '\nSkipped %s: %s\n' "$1" "$2"
    [[ ${GITHUB_ACTIONS:-} != true ]] || return 1
    [[ " $skipped " == *" $1 "* ]] || skipped+=" $1"
}

# install_tools VENV NAME==VERSION...: a step of its own.
install_tools() {
    step "Install ${*:2}" tools_are_installed "$@"
}

tools_are_installed() {
    if tools_are_there "$@"; then
        echo "already there"
        return
    fi
    uv_is_there
    uv venv --quiet --clear --python "$(command -v python3)" "$1"
    uv pip install --quiet --python "$1/bin/python" "${@:2}"
}

uv_is_there() {
    if ! tools_are_there "$UV_VENV" "$UV"; then
        rm -rf "$UV_VENV"
        python3 -m venv "$UV_VENV"
        "$UV_VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$UV"
    fi
}

uv() {
    "$UV_VENV/bin/python" -m uv "$@"
}

# The scripts of a venv contain its path, so a copied venv (a restored cache, a moved checkout)
# works only through its interpreter, here and in all steps.
tools_are_there() {
    "$1/bin/python" .ci/tools_are_there.py "${@:2}" 2>/dev/null
}

# node_packages_are_there FOLDER: those of its package-lock.json.
node_packages_are_there() {
    node -e 'if (parseInt(process.versions.node) < 20) {
        console.error("Node 20 is needed, this is " + process.version);
        process.exit(1);
    }'
    if cmp -s "$1/package-lock.json" "$1/node_modules/.installed"; then
        echo "already there"
        return
    fi
    npm ci --silent --prefix "$1"
    cp "$1/package-lock.json" "$1/node_modules/.installed"
}
