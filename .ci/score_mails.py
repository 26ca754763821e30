"""Scores every mail of a running service with SpamAssassin's local rules.

It requests them in each language, reads them from the inbox, and fails if a score is above 0 as
SpamAssassin prints it: with one decimal place, since HTML alone counts 0.001.
"""

import contextlib
import email
import json
import mailbox
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections import Counter
from pathlib import Path

from checks import CheckFailed, eventually, expect, run_main

TEXTS = Path(__file__).parent.parent / "mail/src/verification/texts"

# How many mails each language has: one greets by name, one does not, and those about a change.
VERIFICATIONS = {"verification": 2}
ALL_KINDS = VERIFICATIONS | {"address_change_requested": 1, "address_changed": 1}

# The reader's server adds it. SpamAssassin trusts a mail without it.
RECEIVED = (
    "from a8-31.smtp-out.amazonses.com (a8-31.smtp-out.amazonses.com [54.240.8.31])"
    " by mx.example.org with ESMTPS"
)

# The package's rules, whatever `sa-update` has installed beside them.
SPAMASSASSIN = [
    "spamassassin",
    "--local",
    "--mbox",
    "--configpath=/usr/share/spamassassin",
    "--cf=use_bayes 0",
    "--cf=add_header all Scores _TESTSSCORES(, )_",
]

http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def languages():
    names = (file.stem for file in TEXTS.glob("*.rs"))
    return sorted(name.replace("_", "-") for name in names if name != "mod")


class Service:
    def __init__(self, api, inbox, key):
        self.api, self.inbox, self.key = api, inbox, key

    def post(self, endpoint, body, language):
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Accept-Language": language,
            "Content-Type": "application/json",
        }
        url = f"{self.api}/api/users/{endpoint}"
        http.open(urllib.request.Request(url, json.dumps(body).encode(), headers)).close()

    def read(self, path):
        with http.open(f"{self.inbox}/api/v1/{path}") as answer:
            return answer.read()

    def ids(self, path="messages?limit=500"):
        return [mail["ID"] for mail in json.loads(self.read(path))["messages"]]

    def request(self, language, body):
        self.post("request_email_verification", body, language)

    def verify(self, language, user, address):
        """With the code that was mailed to this address."""
        (mail,) = self.ids(f"search?query=to:{address}+tag:kind=verification")
        text = json.loads(self.read(f"message/{mail}"))["Text"]
        code = re.search(r"^\d{6}$", text, re.MULTILINE)[0]
        self.post("verify_email", {"uuid": user, "code": code}, language)


def request_mails(service, kinds):
    for language in languages():
        user = str(uuid.uuid4())
        ada, grace = (f"{name}-{language}@example.org" for name in ("ada", "grace"))
        service.request(language, {"uuid": user, "email": ada, "first_name": "Ada"})
        if kinds == ALL_KINDS:
            service.verify(language, user, ada)
        service.request(language, {"uuid": user, "email": grace})
        if kinds == ALL_KINDS:
            service.verify(language, user, grace)
    # A function mails what is about a change when it reads the table's stream.
    count = len(languages()) * sum(kinds.values())
    eventually(lambda: len(service.ids()) == count, f"{count} mails")


def delivered(raw):
    """A mail as its reader's server has it, without the headers that SES removes."""
    mail = email.message_from_bytes(raw)
    kind = re.search(r"kind=(\w+)", mail["X-SES-MESSAGE-TAGS"])[1]
    del mail["X-SES-MESSAGE-TAGS"], mail["X-SES-CONFIGURATION-SET"]
    mail["X-Kind"] = kind
    return f"Received: {RECEIVED}; {mail['Date']}\n".encode() + mail.as_bytes()


def scored(mails):
    """These mails, in any order, with SpamAssassin's headers."""
    with tempfile.TemporaryDirectory(prefix="mailproof-spam-") as folder:
        given, found, prefs = (Path(folder, name) for name in ("given", "found", "prefs"))
        # It reads and writes nothing of this person's.
        prefs.touch()
        with contextlib.closing(mailbox.mbox(given)) as box:
            for mail in mails:
                box.add(mail)
        with given.open("rb") as source, found.open("wb") as target:
            subprocess.run(
                [*SPAMASSASSIN, f"--prefspath={prefs}"],
                stdin=source,
                stdout=target,
                env=os.environ | {"HOME": folder},
                check=True,
            )
        return list(mailbox.mbox(found))


def main(content, *service):
    service = Service(*service)
    kinds = ALL_KINDS if content == "both" else VERIFICATIONS
    request_mails(service, kinds)
    mails = scored(delivered(service.read(f"message/{one}/raw")) for one in service.ids())
    found = Counter((mail["Content-Language"].lower(), mail["X-Kind"]) for mail in mails)
    expected = {(one, kind): kinds[kind] for one in languages() for kind in kinds}
    expect(found, expected, "the scored mails")
    above = []
    for mail in mails:
        score = float(re.search(r"score=(\S+)", mail["X-Spam-Status"])[1])
        if score > 0:
            rules = " ".join(mail["X-Spam-Scores"].split())
            above.append(f"{mail['X-Kind']} to {mail['To']}: {score} for {rules}")
    if above:
        raise CheckFailed("\n".join(["Scores above 0:", *sorted(above)]))
    print(f"MailContent {content}: {len(mails)} mails, and no score is above 0")


if __name__ == "__main__":
    run_main(main, *sys.argv[1:])
