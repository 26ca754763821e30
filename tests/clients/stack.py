"""What the inbox of the running service holds."""

import json
import os
import re
import time
import uuid
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote
from urllib.request import urlopen


Found = TypeVar("Found")


def new_address() -> str:
    """An address to which nothing was mailed."""
    return f"{uuid.uuid4()}@example.com"


def newest_code(address: str) -> str:
    """The code of the newest email to an address."""
    query = quote(f'to:"{address}"')
    url = f"{os.environ['MAILPROOF_INBOX']}/api/v1/message/latest?query={query}"
    with urlopen(url, timeout=10) as answer:
        text: str = json.load(answer)["Text"]
    code = re.search(r"^\d{6}$", text, re.MULTILINE)
    assert code
    return code.group()


def eventually(read: Callable[[], Found], is_expected: Callable[[Found], bool]) -> Found:
    """What `read` finds, once it is as expected: SES's report comes after the mail."""
    found = read()
    for _ in range(500):
        if is_expected(found):
            break
        time.sleep(0.02)
        found = read()
    return found
