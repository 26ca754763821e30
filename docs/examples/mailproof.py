"""Mailproof for a Python backend. MAILPROOF_URL is the URL of the API, MAILPROOF_KEY the API key.

    python3 mailproof.py request EMAIL UUID [ACCEPT_LANGUAGE]
    python3 mailproof.py verify UUID code|token PROOF

A request also reads RETURN_TO and IDEMPOTENCY_KEY.
"""

import json
import math
import os
import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4


class Refused(Exception):
    """An answer other than 200, with the members of its JSON. Status 0 means no answer.

    `retry_after` is in seconds, as Mailproof always writes it.
    """

    def __init__(self, status, body=b"", retry_after=None, cause=None):
        try:
            error = json.loads(body)
        except ValueError:
            error = {}
        self.status, self.code, self.attr = status, error.get("code"), error.get("attr")
        self.detail, self.retry_after = error.get("detail"), int(retry_after or 0)
        answer = f"Mailproof: {status} {self.code}: {self.detail}"
        super().__init__(answer if status else f"No answer: {cause!r}")


def call(endpoint, body, more_headers=None):
    """Calls Mailproof and returns the JSON of the answer, or raises Refused."""
    headers = {
        "Authorization": f"Bearer {os.environ['MAILPROOF_KEY']}",
        "Content-Type": "application/json",
        "Prefer": "return=representation",
        **(more_headers or {}),
    }
    url = f"{os.environ['MAILPROOF_URL'].rstrip('/')}/api/users/{endpoint}"
    try:
        with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=25) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise Refused(error.code, error.read(), error.headers["Retry-After"]) from error
    except (OSError, HTTPException, ValueError) as error:
        raise Refused(0, cause=error) from error


def request_verification(email, uuid, accept_language="", *, return_to=None, idempotency_key=None):
    """A job that repeats the call gives the same `idempotency_key` to every attempt."""
    body = {"email": email, "uuid": uuid}
    if return_to:
        body["return_to"] = return_to
    key = idempotency_key or str(uuid4())
    headers = {"Accept-Language": accept_language, "Idempotency-Key": key}
    try:
        return call("request_email_verification", body, headers)
    except Refused as refused:
        if refused.status:
            raise
        # Without an answer, an email may have been sent. With the same key, no second one is.
        return call("request_email_verification", body, headers)


def verify_email(uuid, **proof):
    """`proof` is code="123456" as the user typed it, or token="…" of a link."""
    return call("verify_email", {"uuid": uuid, **proof})


def message_for(refused):
    """The text for the user."""
    messages = {
        "already_verified": "This email address is already verified.",
        "email_domain_not_allowed": "We don’t accept email addresses of this domain. Please use a different one.",
        "email_address_suppressed": "We can’t send email to this address. Please use a different one.",
        "throttled": "You’ve requested too many emails. Please try again in {hours} h.",
        "too_many_attempts": "Too many attempts. Use the link in the email, or try again in {minutes} min.",
        "expired_code": "This code has expired. Use the one in the latest email, or request a new one.",
        "invalid_code": "This code is incorrect or has expired. Use the one in the latest email, or request a new one.",
        "invalid_token": "This link no longer works. Please request a new one.",
        "expired_token": "This link no longer works. Please request a new one.",
    }
    if refused.code == "too_many_attempts" and not refused.retry_after:
        return "Too many attempts. Use the link in the email."
    if refused.code in messages:
        hours, minutes = (math.ceil(refused.retry_after / unit) for unit in (3600, 60))
        return messages[refused.code].format(hours=hours, minutes=minutes)
    if refused.status == 400 and refused.attr:
        return refused.detail  # an error of the field that `attr` names
    print(refused, file=sys.stderr)  # for you: no answer, or a wrong key or URL
    if refused.status in (0, 429) or refused.status >= 500:
        return "That didn’t work just now. Please try again in a moment."
    return "Something went wrong on our end."


if __name__ == "__main__":
    if not (os.environ.get("MAILPROOF_URL") and os.environ.get("MAILPROOF_KEY")):
        sys.exit("Set MAILPROOF_URL to the URL of the API, and MAILPROOF_KEY to an API key.")
    try:
        match sys.argv[1:]:
            case ["request", email, uuid, *language]:
                names = ("return_to", "idempotency_key")
                options = {name: os.environ.get(name.upper()) for name in names}
                answer = request_verification(email, uuid, *language, **options)
                print(f"We sent an email to {answer['email']}.")
                if "did_you_mean" in answer:
                    print(f"Did you mean {answer['did_you_mean']}?")
            case ["verify", uuid, "code" | "token" as kind, proof]:
                answer = verify_email(uuid, **{kind: proof})
                print(f"{answer['email']} is verified.")
            case _:
                sys.exit(__doc__)
    except Refused as refused:
        print(message_for(refused))
        sys.exit(1)
