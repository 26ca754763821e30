# Steps of `template`.

sam() {
    # A folder of its own, so that it writes nothing to the home directory.
    __SAM_CLI_APP_DIR="$PWD/$WORK/sam" "$TEMPLATE_VENV/bin/python" -m samcli "$@"
}

cfn_lint() {
    "$TEMPLATE_VENV/bin/python" -c 'from cfnlint.runner import main; main()' "$@"
}

# samconfig.toml sets --lint, and with --lint SAM skips its own checks. An empty configuration
# enables them.
sam_accepts_the_template() {
    mkdir -p "$WORK"
    printf 'version = 0.1\n' >"$WORK/samconfig.toml"
    sam validate --config-file "$PWD/$WORK/samconfig.toml" --template template.yaml
}

# Both forms: template.yaml has the names that a person wrote, template.json everything that is
# deployed.
checkov_finds_nothing() {
    local file
    for file in template.yaml "$WORK/template.json"; do
        # LOG_LEVEL: it warns about a missing optional part.
        LOG_LEVEL=ERROR "$CHECKOV_VENV/bin/python" -m checkov.main \
            --config-file .ci/checkov.yaml --file "$file"
    done
    echo "nothing found"
}

deploy_on_emulator() {
    runs_functions || {
        skip functions "the deployment runs them, on Linux only"
        return
    }
    "$EMULATOR_VENV/bin/python" .ci/deploy_on_emulator.py "$WORK/artefact/$(own_architecture)" \
        "$PWD/$TEMPLATE_VENV/bin/python" -m samcli
}
