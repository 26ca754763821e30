"""The limits in docs/scale.md."""

import re
from decimal import ROUND_DOWN, Decimal

from doc_checks.costs import runs_of_a_verification, units_of_a_verification
from doc_checks.texts import only, read, section

RATES = (10, 100, 1_000, 10_000)


def limits() -> dict[str, list[str]]:
    """The rows of the table by their names, in their order."""
    lines = section(read("docs/scale.md"), "What bends first").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", name): cells for name, *cells in rows[2:]}


def number(cell: str) -> Decimal:
    return Decimal(cell.replace(",", ""))


def rounded_down(value: Decimal) -> str:
    places = Decimal("0.1") if value < 1 else Decimal(1)
    return f"{value.quantize(places, ROUND_DOWN):,}"


def scale_calculates_what_bends_first(template: dict) -> None:
    rows = limits()
    enough = []
    for name, (default, each, shown, *needs) in rows.items():
        enough.append(number(default) / number(each))
        expected = rounded_down(enough[-1])
        assert shown == expected, f"docs/scale.md, {name}: enough for {expected}"
        for rate, shown in zip(RATES, needs, strict=True):
            need = rate * number(each)
            text = f"{need.quantize(Decimal(1)):,}"
            expected = f"**{text}**" if need > number(default) else text
            assert shown == expected, f"docs/scale.md, {name}: {rate} a second need {expected}"
    assert enough == sorted(enough), "docs/scale.md: what bends first is not first"


def scale_has_the_limits_of_the_stack(template: dict) -> None:
    rows = limits()
    rate, burst = (template["Parameters"][f"Throttle{of}"] for of in ("Rate", "Burst"))
    shown = number(rows["`ThrottleRate`, requests a second"][0])
    assert shown == rate["Default"], f"docs/scale.md: ThrottleRate is {shown}"
    text = " ".join(section(read("docs/scale.md"), "Raise it").split())
    most = only(r"of the stack, at most (\S+) and (\S+)\. ", text).groups()
    assert [number(of) for of in most] == [rate["MaxValue"], burst["MaxValue"]], most


def scale_counts_as_the_costs_do(template: dict) -> None:
    """The index has a limit of its own."""
    *of_the_table, _ = units_of_a_verification()
    units = [cells[1] for name, cells in limits().items() if "write units" in name]
    assert units and {int(of) for of in units} == {sum(of_the_table)}, f"docs/scale.md: {units}"
    shown = number(limits()["Lambda, concurrent executions"][1])
    runs = runs_of_a_verification()
    seconds = sum(int(count) * Decimal(ms) / 1000 for _, count, ms, _ in runs)
    assert shown == seconds, f"docs/scale.md: Lambda {shown}"
