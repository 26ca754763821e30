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
# timeout; this one is for the unforeseen. By default Node would leave one core unused.
page_in_a_browser() (
    cd tests/browser
    PATH=$PWD/node_modules/.bin:$PATH
    node --test --test-timeout=900000 --test-reporter=spec \
        --test-concurrency="$(node -p 'os.availableParallelism()')"
)

# With its rules, which other systems download first.
spamassassin_is_there() {
    local rules=/usr/share/spamassassin/50_scores.cf
    if [[ ! -e $rules && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
            spamassassin >/dev/null
    fi
    [[ -e $rules ]] && spamassassin --version
}

# With the domain of a deployment, as a link to an IP address counts as spam, and without the postal
# line: the shorter a mail, the more its elements count.
score_mails() {
    local content public_url
    for content in both link code; do
        public_url=https://mail.example.com
        # Without a link there is no page.
        [[ $content != code ]] || public_url=
        start_stack --set "MAIL_CONTENT=$content" --set CHANGE_NOTICE=asked --set POSTAL_LINE= \
            --set "PUBLIC_URL=$public_url" --set SUPPORT_ADDRESS=help@example.com \
            --set 'SENDER=Acme Accounts <no-reply@example.com>'
        python3 .ci/score_mails.py "$content" "$api_url" "$inbox_url" "$API_KEY"
        stop_stack
    done
}
