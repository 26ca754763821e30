"""The costs in docs/operate.md and README.md."""

import json
import re
from decimal import ROUND_HALF_UP, Decimal

from doc_checks.texts import NUMBERS, only, read, section


def operate_counts_the_billed_alarms(template: dict) -> None:
    alarms = [
        of["Properties"]
        for of in template["Resources"].values()
        if of["Type"] == "AWS::CloudWatch::Alarm"
    ]
    # A conditional metric is in an Fn::If, whose first branch is the metric.
    metrics = 0
    for alarm in alarms:
        queries = [query.get("Fn::If", [None, query])[1] for query in alarm.get("Metrics", [])]
        metrics += sum("MetricStat" in query for query in queries) or 1
    assert f"{len(alarms)} alarms on {metrics} metrics" in read("docs/operate.md"), (
        len(alarms),
        metrics,
    )


def the_dashboard_costs_nothing(template: dict) -> None:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    metrics = sum(len(widget["properties"]["metrics"]) for widget in json.loads(body)["widgets"])
    assert 0 < metrics <= 50, metrics


def operate_calculates_its_costs_correctly(template: dict) -> None:
    costs = section(read("docs/operate.md"), "Costs")
    totals = []
    for table in tables_of_costs():
        *parts, total = table
        totals.append(Decimal(total[-1].strip("*")))
        for service, what, *price, _, cost in parts:
            expected = cents(cost_of(what, *price))
            assert expected == Decimal(cost), f"docs/operate.md, {service}: {what} is {expected}"
        expected = sum(Decimal(part[-1]) for part in parts)
        assert expected == totals[-1], f"docs/operate.md, Costs: together {expected}"
    requests, fixed = totals
    text = " ".join(costs.split())
    words = only(r"has (\w+) custom metrics, (\w+) of the functions and (\w+) of SES", text)
    metrics, *of_each = [NUMBERS.index(word) for word in words.groups()]
    assert metrics == sum(of_each), f"docs/operate.md, Costs: {sum(of_each)} custom metrics"
    each, most = only(r"cost (\S+) each \(list of [^)]+\), so at most (\S+)\. ", text).groups()
    expected = metrics * Decimal(each)
    assert expected == Decimal(most), f"docs/operate.md, Costs: custom metrics are {expected}"
    closing = only(r"A million verifications in a month are (\S+), ten thousand (\S+)\.$", text)
    expected = [requests + fixed, cents(requests / 100 + fixed)]
    assert [Decimal(cost) for cost in closing.groups()] == expected, (
        f"docs/operate.md, Costs: a million are {expected[0]}, ten thousand {expected[1]}"
    )


def nothing_costs_more_than_ses(template: dict) -> None:
    *parts, _ = tables_of_costs()[0]
    dearest = max(parts, key=lambda part: Decimal(part[-1]))
    assert dearest[0] == "SES", f"docs/operate.md, Costs: {dearest}"


def operate_adds_up_the_time_of_functions(template: dict) -> None:
    costs = section(read("docs/operate.md"), "Costs")
    runs, megabytes = 0, Decimal(0)
    for name, count, ms, memory in runs_of_a_verification():
        function = template["Resources"][logical_name(name)]["Properties"]
        assert function["MemorySize"] == int(memory), f"docs/operate.md, Costs: {name}"
        runs += int(count)
        megabytes += int(count) * Decimal(ms) / 1000 * int(memory)
    requests = only(r"\| Lambda, requests \| (\d+) M \|", costs)[1]
    timed, of_all = only(r"\| (\d+) M runs = ([\d,]+) GB-s", costs).groups()
    assert int(requests) == int(timed) == runs, f"docs/operate.md, Costs: {runs} runs"
    expected = megabytes / 1024 * 10**6
    assert expected == Decimal(of_all.replace(",", "")), f"docs/operate.md, Costs: {expected} GB-s"


def runs_of_a_verification() -> list[tuple[str, ...]]:
    """Function, runs, milliseconds and MB."""
    costs = section(read("docs/operate.md"), "Costs")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|$", costs, re.MULTILINE)
    assert rows
    return rows


def logical_name(function: str) -> str:
    return function.title().replace("_", "") + "Function"


def units_of_a_verification() -> list[int]:
    """Request, verification, delivery, and last the index."""
    text = " ".join(section(read("docs/operate.md"), "Costs").split())
    request = r"on two items, (\d+) units\."
    verification = r"Verification is (\d+), one of them for the index, delivery (\d+)\."
    units = only(f"{request} {verification}", text)
    asked, verified, delivered = (int(of) for of in units.groups())
    return [asked, verified - 1, delivered, 1]


def operate_adds_up_units(template: dict) -> None:
    text = " ".join(section(read("docs/operate.md"), "Costs").split())
    expected = sum(units_of_a_verification())
    written = only(r"\| (\d+) M write units", text)[1]
    assert int(written) == expected, f"docs/operate.md, Costs: {expected} M write units"


def readme_repeats_the_costs(template: dict) -> None:
    costs = " ".join(section(read("docs/operate.md"), "Costs").split())
    million, ten_thousand = only(r"in a month are (\S+), ten thousand (\S+)\.$", costs).groups()
    ses, fixed = only(r"\| SES (?:\|[^|]*){3}\| (\S+) \|.*\*\*(\S+)\*\*", costs).groups()
    shown = re.findall(r"\d+\.\d\d", section(read("README.md"), "What it costs"))
    expected = [fixed, ten_thousand, million, ses]
    assert shown == expected, f"README.md, What it costs: {shown} and not {expected}"


def tables_of_costs() -> list[list[list[str]]]:
    """The cells of both tables of costs: of a million verifications, and of a month."""
    costs = section(read("docs/operate.md"), "Costs")
    tables = re.findall(r"(?:^\| service .*\n)(?:^\|.*\n)+", costs, re.MULTILINE)
    assert len(tables) == 2, len(tables)
    rows = [table.splitlines()[2:] for table in tables]
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in of] for of in rows]


def cost_of(what: str, price: str = "") -> Decimal:
    """The cost of <8 GB> at <0.50 per GB>, or of <13 metrics, 0.10 each>."""
    count, millions = re.search(r"([\d,]+)( M)?\b", what.rpartition("= ")[2]).groups()
    if not price:
        each = re.search(r"(\d+) (?:metrics|secret), (\S+) each", what)
        return Decimal(each[1]) * Decimal(each[2]) if each else Decimal(0)
    of_one, number, million = re.fullmatch(r"(\S+) per (?:([\d,]+)|(M)|GB(?:-s)?)", price).groups()
    unit = 10**6 if million else Decimal((number or "1").replace(",", ""))
    return Decimal(count.replace(",", "")) * (10**6 if millions else 1) * Decimal(of_one) / unit


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
