# Steps of `browser`.

# The installed browser, or the one in CHROMIUM.
find_browser() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        if [[ -n $name ]] && command -v "$name"; then
            return
        fi
    done
    return 1
}

# Without a browser this fails instead of skipping the tests.
browser_is_there() {
    if ! find_browser && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq
        # With fonts for every script of the page.
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
            chromium fonts-liberation fonts-noto-core fonts-noto-cjk >/dev/null
    fi
    CHROMIUM=$(find_browser) || {
        echo "No Chromium or Chrome was found. Install one, or set CHROMIUM to it." >&2
        return 1
    }
    export CHROMIUM
    "$CHROMIUM" --version 2>/dev/null
}

# In the Node of its packages, which is the one that the docs name. Every wait in the tests has a
# timeout; this one is for the unforeseen.
page_in_a_browser() (
    cd tests/browser
    PATH=$PWD/node_modules/.bin:$PATH
    node --test --test-timeout=900000 --test-reporter=spec
)
