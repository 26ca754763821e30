"""An end-to-end test of a sign-up. MAILPROOF_INBOX is the inbox of `cargo run`."""

import json
import os
import re
import uuid
from urllib.parse import quote
from urllib.request import urlopen

from mailproof import request_verification, verify_email


def newest_mail(address):
    query = quote(f'to:"{address}"')
    inbox = os.environ["MAILPROOF_INBOX"].rstrip("/")
    url = f"{inbox}/api/v1/message/latest?query={query}"
    with urlopen(url, timeout=5) as answer:
        return json.load(answer)["Text"]


# A new address and user, so that the test does not find the email of another test.
user = str(uuid.uuid4())
address = f"{user}@example.com"

# Your sign-up form makes this call. The email is in the inbox when it returns.
request_verification(address, user, "en")
text = newest_mail(address)
code = re.search(r"^\d{6}$", text, re.MULTILINE).group()
link_user, token = re.search(r"^http\S*\?user=([^#\s]+)#(\S+)$", text, re.MULTILINE).groups()

# Your code field or your page makes this call.
assert link_user == user
assert verify_email(user, code=code)["email"] == address
assert verify_email(user, token=token)["email"] == address
print("A code and a link were read from the inbox, and both work.")
