"""The texts that the checks compare."""

import re
import subprocess
from pathlib import Path
from typing import Iterator

FILES = subprocess.check_output(["git", "ls-files"], text=True).split()
PAGES = [file for file in FILES if file.endswith(".md")]
TEMPLATE = "template.yaml"

NUMBERS = "zero one two three four five six seven eight nine ten".split()


def read(page: str | Path) -> str:
    return Path(page).read_text(encoding="utf-8")


def only(pattern: str, text: str) -> re.Match:
    """The one match."""
    found = list(re.finditer(pattern, text, re.MULTILINE | re.DOTALL))
    assert len(found) == 1, f"{len(found)} matches of {pattern!r}"
    return found[0]


def without_code(text: str) -> str:
    """A page without its code blocks, in which # is no heading and brackets are no link."""
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?: {4,}.*\n)+", "\n", text, flags=re.MULTILINE)


def section(text: str, heading: str) -> str:
    """The text of a section with a heading of the second level."""
    return only(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text)[1]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of all tables, without header rows."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            yield cells


def name_of(cell: str) -> str:
    return cell.strip("`")
