"""What the docs say about security: each threat has tests that exist, no command has a secret."""

import re
from pathlib import Path

from doc_checks.texts import FILES, read, without_code

PAGE = "docs/security.md"
RUST = r"#\[(?:tokio::)?test\b[^\n]*\]\s*(?:#\[[^\n]*\]\s*)*(?:async )?fn {}\("


def every_threat_has_tests_that_exist(template: dict) -> None:
    found = 0
    for line in without_code(read(PAGE)).splitlines():
        cells = re.split(r"\s*\|\s*", line.strip("| "))
        if not line.startswith("| ") or cells[-1] in ("tests", "---"):
            continue
        tests = re.findall(r"`([^`]+)`", cells[-1])
        assert len(cells) == 4 and tests, f"{PAGE}: no test in {line[:80]!r}"
        for test in tests:
            found += 1
            assert exists(test), f"{PAGE} names {test!r}"
    assert found > 100


def history_keeps_no_secret(template: dict) -> None:
    """On the pages about deployed stacks. A local stack has a key of its own in each run."""
    literal = re.compile(r"(?:KEYS?|SECRET|TOKEN|Secret)=(?!\$)\S")
    for page in ("docs/deploy.md", "docs/operate.md"):
        commands = [line for line in read(page).splitlines() if line.startswith("    ")]
        found = [line for line in commands if literal.search(line)]
        assert not found, f"{page}: read it, as in `read -rs`: {found}"


def exists(test: str) -> bool:
    if match := re.fullmatch(r"(\S+\.py)::(\w+)", test):
        return f"def {match[2]}(" in text_of(match[1])
    if match := re.fullmatch(r"(\S+\.test\.js): (.+)", test):
        return f'test("{match[2]}"' in text_of(match[1])
    *modules, name = test.split("::")
    crate, path = modules[0], "/".join(modules[1:])
    # A module of the integration tests, or one of a crate.
    roots = ("/".join(["tests/it", *modules]), f"{crate}/src/{path}")
    roots += (f"functions/{crate}/src/{path}",)
    files = [root + end for root in roots for end in (".rs", "/mod.rs")]
    return any(re.search(RUST.format(name), text_of(file)) for file in files)


def text_of(file: str) -> str:
    return read(file) if file in FILES and Path(file).exists() else ""
