#!/usr/bin/env bash
# Mailproof with curl 7.84 or later. MAILPROOF_URL is the URL of the API, MAILPROOF_KEY the API key.
#
#     bash mailproof.sh request EMAIL UUID [ACCEPT_LANGUAGE]
#     bash mailproof.sh verify UUID code|token PROOF
#
# A request also reads RETURN_TO and IDEMPOTENCY_KEY.
set -euo pipefail

json() { # json TEXT: the text as a JSON string
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

case ${1-}/$# in
    request/[34])
        path=request_email_verification body="{\"email\": $(json "$2"), \"uuid\": $(json "$3")"
        [[ -z ${RETURN_TO-} ]] || body+=", \"return_to\": $(json "$RETURN_TO")"
        body+="}" language=${4-}
        key=${IDEMPOTENCY_KEY:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')}
        ;;
    verify/4)
        path=verify_email body="{\"uuid\": $(json "$2"), $(json "$3"): $(json "$4")}"
        language="" key=""
        ;;
    *) sed -n '4,5s/^# *//p' "$0" && exit 2 ;;
esac
if [[ -z ${MAILPROOF_URL-} || -z ${MAILPROOF_KEY-} ]]; then
    echo "Set MAILPROOF_URL to the URL of the API, and MAILPROOF_KEY to an API key." >&2 && exit 1
fi

# Key and proof are passed as files: everybody on the machine can read a command line.
attempt() {
    curl --silent --show-error --max-time 25 "${MAILPROOF_URL%/}/api/users/$path" \
        --header @<(printf 'Authorization: Bearer %s\n' "$MAILPROOF_KEY") \
        --header 'Content-Type: application/json' --header 'Prefer: return=representation' \
        --header "Accept-Language: $language" --header "Idempotency-Key: $key" \
        --data-binary @<(printf %s "$body") \
        --write-out '\n%{http_code} %header{retry-after}' || { echo && echo 000 && return 1; }
}
# Without an answer, an email may have been sent. With the same key, no second one is.
answer=$(attempt) || [[ -z $key ]] || answer=$(attempt) || true
read -r status retry_after <<<"${answer##*$'\n'}"
member() { # member NAME: a string of the answer's JSON
    sed -nE "1s/.*\"$1\":\"([^\"]*)\".*/\1/p" <<<"$answer"
}
code=$(member code)

case $1/$status/$code in
    request/200/)
        echo "We sent an email to $(member email)."
        meant=$(member did_you_mean)
        [[ -z $meant ]] || echo "Did you mean $meant?"
        exit
        ;;
    verify/200/) echo "$(member email) is verified." && exit ;;
    */already_verified) echo "This email address is already verified." ;;
    */email_domain_not_allowed) echo "We don’t accept email addresses of this domain. Please use a different one." ;;
    */email_address_suppressed) echo "We can’t send email to this address. Please use a different one." ;;
    */throttled) echo "You’ve requested too many emails. Please try again in $(((retry_after + 3599) / 3600)) h." ;;
    */too_many_attempts) echo "Too many attempts. Use the link in the email${retry_after:+, or try again in $(((retry_after + 59) / 60)) min}." ;;
    */expired_code) echo "This code has expired. Use the one in the latest email, or request a new one." ;;
    */invalid_code) echo "This code is incorrect or has expired. Use the one in the latest email, or request a new one." ;;
    */invalid_token | */expired_token) echo "This link no longer works. Please request a new one." ;;
    */000/*) echo "That didn’t work just now. Please try again in a moment." ;; # curl has printed the reason
    */429/* | */5??/*)
        echo "That didn’t work just now. Please try again in a moment."
        echo "$status $code: $(member detail)" >&2
        ;;
    # An error of the field that `attr` names.
    */400/*) [[ $(member attr) ]] && member detail || echo "Something went wrong on our end." ;;
    # A wrong key or URL: a mistake on your side.
    *) echo "Something went wrong on our end." && echo "$status $code: $(member detail)" >&2 ;;
esac
exit 1
