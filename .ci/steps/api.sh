# Steps of `api`.

# The key of a stack that lives as long as its step.
readonly API_KEY=evk_ci

stack=''
api_url=''
inbox_url=''

# start_stack [OPTION...]: starts the service of `cargo run` on free ports.
start_stack() {
    : >"$WORK/stack.log"
    "${CARGO_TARGET_DIR:-target}/debug/local" --port 0 --dynamodb-port 0 --inbox-port 0 \
        --api-key "$API_KEY" "$@" >>"$WORK/stack.log" 2>&1 &
    stack=$!
    # It prints its URLs once it listens. 30 seconds are more than enough.
    for _ in {1..300}; do
        api_url=$(sed -n 's/^ *API  *\(http:.*\)$/\1/p' "$WORK/stack.log")
        inbox_url=$(sed -n 's/^ *Inbox  *\(http:.*\)$/\1/p' "$WORK/stack.log")
        if [[ -n $api_url && -n $inbox_url ]]; then
            return
        fi
        kill -0 "$stack" 2>/dev/null || break
        sleep 0.1
    done
    echo "The service did not start:" >&2
    cat "$WORK/stack.log" >&2
    return 1
}

stop_stack() {
    if [[ -n $stack ]]; then
        kill "$stack" 2>/dev/null || true
        wait "$stack" 2>/dev/null || true
        stack=''
    fi
}

# call_api [OPTION...]: sends the service requests that openapi.yaml allows, and many that it
# forbids. No answer may be a 5xx, and openapi.yaml must describe each.
call_api() {
    local root=$PWD
    start_stack
    (
        # The tool writes files to its working directory.
        cd "$WORK"
        SCHEMATHESIS_HOOKS=$root/.ci/schemathesis_hooks.py \
            NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 "$root/$API_VENV/bin/python" \
            -c 'from schemathesis.cli import schemathesis; schemathesis()' \
            --config-file "$root/.ci/schemathesis.toml" run "$root/openapi.yaml" \
            --url "$api_url" "$@"
    )
    stop_stack
    echo "Outcomes:"
    sed -n 's/.*outcome="\([a-z_]*\)".*route="\([a-z_]*\)".*/\2 \1/p' "$WORK/stack.log" |
        sort | uniq -c
}

lint_api() (
    export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
    cd "$CLIENTS"
    npx redocly lint --config redocly.yaml ../../openapi.yaml
    npx spectral lint --fail-severity=hint ../../openapi.yaml
)

# The commands of "Generate a client" in docs/integrate.md.
generate_clients() (
    local python=$PWD/$CLIENTS_VENV/bin/python docs=$PWD/docs/integrate.md command
    openapi-python-client() { "$python" -m openapi_python_client "$@"; }
    openapi-generator-cli() {
        JAVA_OPTS=-Dlog.level=error "$python" -c 'from openapi_generator_cli import cli; cli()' "$@"
    }
    rm -rf "$CLIENTS/generated"
    mkdir "$CLIENTS/generated"
    cp openapi.yaml "$CLIENTS/generated"
    # It formats what it generates with the ruff of the venv.
    PATH=$PWD/$CLIENTS_VENV/bin:$PATH
    cd "$CLIENTS/generated"
    sed -n '/^## Generate a client/,/^## /s/^    \(.* openapi.yaml .*\)/\1/p' "$docs" |
        while read -r command; do
            echo "$command"
            eval "$command" </dev/null
        done
)

compile_clients() (
    export CARGO_TARGET_DIR=$PWD/$WORK/clients
    cd "$CLIENTS"
    npx tsc
    "$OLDPWD/$CLIENTS_VENV/bin/python" -m mypy
    cargo build --quiet
)

call_clients() {
    local root=$PWD
    start_stack
    (
        export MAILPROOF_URL=$api_url MAILPROOF_KEY=$API_KEY MAILPROOF_INBOX=$inbox_url
        export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
        cd "$CLIENTS"
        node generated/js/openapi_fetch.js
        node generated/js/hey_api.js
        node generated/js/openapi_generator.js
        "$root/$CLIENTS_VENV/bin/python" python_client.py
        "$root/$WORK/clients/debug/openapi_generator"
    )
    stop_stack
}

# The inbox stands in for Mailpit in tests with these clients.
call_mailpit_clients() {
    local root=$PWD
    start_stack
    (
        export MAILPROOF_URL=$api_url MAILPROOF_KEY=$API_KEY MAILPROOF_INBOX=$inbox_url
        export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
        cd "$CLIENTS"
        node generated/js/mailpit_api.js
        node generated/js/cypress_mailpit.js
        "$root/$CLIENTS_VENV/bin/python" -m pytest -q -p no:cacheprovider -W error \
            --mailpit-url "$inbox_url" test_mailpit.py
    )
    stop_stack
}
