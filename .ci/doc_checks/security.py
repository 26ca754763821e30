"""What the docs say about security."""

import re

from doc_checks.texts import read


def history_keeps_no_secret(template: dict) -> None:
    """On the pages about deployed stacks. A local stack has a key of its own in each run."""
    literal = re.compile(r"(?:KEYS?|SECRET|TOKEN|Secret)=(?!\$)\S")
    for page in ("docs/deploy.md", "docs/operate.md"):
        commands = [line for line in read(page).splitlines() if line.startswith("    ")]
        found = [line for line in commands if literal.search(line)]
        assert not found, f"{page}: read it, as in `read -rs`: {found}"
