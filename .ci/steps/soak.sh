# A step of `soak` and `artefact`.

# soak SECONDS: first, that the auditor can find something.
soak() {
    runs_functions || {
        skip functions "they run on Linux only"
        return
    }
    PYTHONPATH=.ci:bench python3 soak/test_auditor.py
    PYTHONPATH=.ci:bench python3 -u soak "$WORK/artefact/$(own_architecture)" \
        "${CARGO_TARGET_DIR:-target}/debug/local" "$1"
}
