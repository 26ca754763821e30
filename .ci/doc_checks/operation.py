"""docs/operate.md and the alarms, metrics and programs."""

import re
from pathlib import Path

from doc_checks.texts import NUMBERS, name_of, only, read, rows, section

METRICS = "shared/src/telemetry/metrics.rs"


def operate_has_a_section_for_every_alarm(template: dict) -> None:
    text = section(read("docs/operate.md"), "Alarms")
    explained = re.findall(r"^### `(\w+)`$", text, re.MULTILINE)
    alarms = [
        name for name, of in template["Resources"].items() if of["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert explained == alarms, f"{explained} and not {alarms}"
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        for word in ("**Means:**", "**Look:**", "**Do:**"):
            assert word in part, f"{word} of {part.partition(chr(10))[0]}"


def operate_explains_every_metric(template: dict) -> None:
    explained = [name_of(row[0]) for row in rows(section(read("docs/operate.md"), "Metrics"))]
    counted = re.findall(
        r"^    (\w+),$", only(r"enum Metric {(.*?)\n}", read(METRICS))[1], re.MULTILINE
    )
    assert counted and explained == counted, f"{explained} and not {counted}"
    costs = " ".join(section(read("docs/operate.md"), "Costs").split())
    assert f" {NUMBERS[len(counted)]} of the functions" in costs, len(counted)


def operate_shows_how_to_run_every_program(template: dict) -> None:
    text = read("docs/operate.md") + read("docs/operations/functions.sh")
    shown = set(re.findall(r"\boperation (\w+\.py)", text))
    programs = {program.name for program in Path("docs/operations").glob("*.py")}
    assert shown == programs, f"{shown} and not {programs}"
