"""Tests that check_docs.py finds what is wrong: each test changes one text of the project."""

import functools
from pathlib import Path

import check_docs
import pytest

EXPAND = functools.cache(check_docs.expand)
RATE_LIMITS = "shared/src/domain/rate_limit.rs"
COSTS = "operate calculates its costs correctly"
NUMBERS = "numbers in prose are right"

WRONG = [
    ("docs/integrate.md", "user, 6 by", "user, 7 by", "each default in prose is the templates"),
    ("README.md", "](docs/deploy.md", "](docs/deployment.md", "every link has an existing target"),
    ("ARCHITECTURE.md", "`tests/model`", "`tests/models`", "every path in"),
    ("docs/deploy.md", "5 to 60", "5 to 90", "deploy has the bounds of every number"),
    ("docs/deploy.md", "1, 2, 3, 6,", "1, 2, 3, 4,", "deploy has the bounds of every number"),
    ("docs/deploy.md", "| `30` | lifetime", "| `20` | lifetime", "deploy explains every parameter"),
    ("docs/operate.md", "8 GB", "9 GB", COSTS),
    ("docs/operate.md", "100,000 GB-s", "250,000 GB-s", COSTS),
    ("docs/operate.md", "0.10 each", "0.20 each", COSTS),
    ("docs/operate.md", "**1.90**", "**1.80**", COSTS),
    ("docs/operate.md", "two of SES", "three of SES", COSTS),
    ("docs/operate.md", "at most\n3.00", "at most\n2.70", COSTS),
    ("docs/operate.md", "116.61", "116.01", COSTS),
    ("docs/operate.md", "thousand 3.05", "thousand 3.04", COSTS),
    (
        "docs/operate.md",
        "| `publish_events` | 1 | 100 |",
        "| `publish_events` | 1 | 200 |",
        "operate adds up the time of functions",
    ),
    ("docs/operate.md", "| 4.00 |", "| 400.00 |", "nothing costs more than ses"),
    ("docs/scale.md", "| 50 | 3 | 16 |", "| 50 | 3 | 17 |", "scale calculates what bends first"),
    ("docs/scale.md", "**300**", "300", "scale calculates what bends first"),
    ("docs/scale.md", "| 40,000 | 6 |", "| 40,000 | 5 |", "scale counts as the costs do"),
    ("docs/scale.md", "10,000 and 5,000", "10,000 and 6,000", "scale has the limits of the stack"),
    ("README.md", "three API endpoints", "two API endpoints", NUMBERS),
    ("README.md", "the 21 parameters", "the 20 parameters", NUMBERS),
    ("README.md", "3.05 with ten", "3.04 with ten", "readme repeats the costs"),
    ("README.md", "\n## Deploy it", "\n" * 20 + "## Deploy it", "entry pages are read in minutes"),
    ("docs/deploy.md", "\n## Removing it", "\n## Removal", "contents list every section"),
    ("docs/operate.md", "\n## Dead letters", "\n## Lost events", "programs cite existing pages"),
    (
        "docs/operate.md",
        "### `FunctionErrorsAlarm`",
        "### `Errors`",
        "programs cite existing pages",
    ),
    ("template.yaml", "docs/operate.md uses", "docs/run.md uses", "programs cite existing pages"),
    ("docs/develop.md", "CODE_KEYS=local-only", "CODE_KEYS=local", "develop has the local key"),
    ("docs/develop.md", "verify_email/http_api", "verify_email/http", "commands name existing"),
    (".ci/run", "fastapi==0.165", "fastapi==0.166", "versions that were run are those of ci"),
    ("docs/security.md", "::misleading_addresses", "::odd_addresses", "every threat has tests"),
    ("docs/security.md", "a scanner verifies nothing", "a scanner waits", "every threat has tests"),
    (
        "docs/deploy.md",
        "read -rs MAILPROOF_KEY && export MAILPROOF_KEY",
        "export MAILPROOF_KEY=evk_1",
        "history keeps no secret",
    ),
    ("openapi.yaml", "`verify_email` takes", "It takes", "openapi introduces every endpoint"),
    ("docs/operate.md", "for six hours", "for five hours", NUMBERS),
    ("openapi.yaml", "newest three codes", "newest four codes", NUMBERS),
    ("template.yaml", "Threshold: 0.03,", "Threshold: 0.04,", NUMBERS),
    (RATE_LIMITS, "max: 5,", "max: 4,", NUMBERS),
    (RATE_LIMITS, "window: Duration::from_mins(5)", "window: CODE_WINDOW", NUMBERS),
    (RATE_LIMITS, "impl ClientLimit {", "impl PageLimit {", NUMBERS),
]


@pytest.mark.parametrize(("file", "right", "wrong", "check"), WRONG)
def test_wrong_texts_are_found(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: str,
    right: str,
    wrong: str,
    check: str,
) -> None:
    read = Path.read_text
    before = Path(file).read_text(encoding="utf-8")
    assert right in before
    changed = {Path(file): before.replace(right, wrong)}
    monkeypatch.setattr(
        Path, "read_text", lambda path, **how: changed.get(path) or read(path, **how)
    )
    monkeypatch.setattr(check_docs, "expand", EXPAND)

    assert check_docs.main() == 1
    assert f"FAILED {check}" in capsys.readouterr().err
