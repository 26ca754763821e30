"""Finds lines of more than 100 columns, which formatters leave in comments, texts and pages.

A line that cannot be broken is a URL or a pattern. A sentence in texts/ and between the quotes of
the docs' examples is one line, and so is an element of an email.
"""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

COLUMNS = 100
FILES = ["*.rs", "*.py", "*.md", "*.toml", "*.yml", "*.sh", "*.js", "*.mjs", "*.ts", "*.css"]
FILES += ["*.html", ".ci/*", "justfile", "openapi.yaml", "docs/*.yaml"]
OTHERS = ["*/texts/*", ".ci/stacks", ".ci/upgrade"]

# In a page of docs a row of a table, of a code block, a heading that opens, and a URL; in an email
# an element.
ROWS = {"*.md": ("|", "    ", "<summary>", "["), "mail/templates/*": ("<",)}

# The page has the examples.
SENTENCES = ["docs/examples/*", "docs/integrate.md"]
SENTENCE = re.compile(r""""\w[^"]* [^"]*"|`\w[^`]* [^`]*`""")


def is_long(file: str, line: str) -> bool:
    if any(fnmatch(file, of) for of in SENTENCES):
        line = SENTENCE.sub("", line)
    is_row = any(fnmatch(file, of) and line.startswith(rows) for of, rows in ROWS.items())
    return len(line) > COLUMNS and len(line.split()) > 2 and not is_row


found = subprocess.run(
    ["git", "ls-files", "--", *FILES, *(f":!{other}" for other in OTHERS)],
    check=True,
    text=True,
    stdout=subprocess.PIPE,
).stdout.splitlines()
sys.exit(
    "\n".join(
        f"{file}:{number}"
        for file in found
        for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1)
        if is_long(file, line)
    )
    or None
)
