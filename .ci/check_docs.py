"""Compares the docs with the template and the code, and checks their links.

    check_docs.py TEMPLATE

A new parameter, output or alarm fails here until the docs explain it. Every check is a function
whose name states the rule.
"""

import json
import re
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, prod
from pathlib import Path
from typing import Callable, Iterator

from expand_template import expand

FILES = subprocess.check_output(["git", "ls-files"], text=True).split()
PAGES = [file for file in FILES if file.endswith(".md")]
CRATES = ("shared", "mail", "functions")
METRICS = "shared/src/telemetry/metrics.rs"

NUMBERS = "zero one two three four five six seven eight nine ten".split()


def read(page: str | Path) -> str:
    return Path(page).read_text(encoding="utf-8")


def only(pattern: str, text: str) -> re.Match:
    """The one match."""
    found = list(re.finditer(pattern, text, re.MULTILINE | re.DOTALL))
    assert len(found) == 1, f"{len(found)} matches of {pattern!r}"
    return found[0]


def source() -> str:
    """The code of the functions."""
    return "\n".join(read(file) for crate in CRATES for file in sorted(Path(crate).rglob("*.rs")))


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


def groups_of(template: str) -> dict[str, list[str]]:
    """The parameters under each comment `# ---- Group`."""
    groups: dict[str, list[str]] = {}
    text = only(r"^Parameters:\n(.*?)^(?=\w)", template)[1]
    for group, name in re.findall(r"^  (?:# ---- (.+)|(\w+):)$", text, re.MULTILINE):
        if group:
            groups[group] = []
        else:
            list(groups.values())[-1].append(name)
    return groups


def deploy_explains_every_parameter(template: dict) -> None:
    explained: dict[str, list[tuple[str, str]]] = {}
    for name, default, meaning in parameter_rows():
        if group := re.fullmatch(r"\*\*(.+)\*\*", name):
            explained[group[1]] = []
        else:
            list(explained.values())[-1].append((name_of(name), default))
    declared = {
        group: [(name, shown_default(template["Parameters"][name])) for name in names]
        for group, names in groups_of(read(sys.argv[1])).items()
    }
    grouped = [name for names in declared.values() for name, _ in names]
    assert grouped == list(template["Parameters"]), set(template["Parameters"]) - set(grouped)
    assert list(explained) == list(declared), f"groups: {list(explained)} and not {list(declared)}"
    for group, parameters in declared.items():
        assert explained[group] == parameters, f"{group}: {explained[group]} and not {parameters}"


def parameter_rows() -> Iterator[list[str]]:
    """Name, default and meaning of each parameter in docs/deploy.md, and its rows with a group."""
    text = section(read("docs/deploy.md"), "Parameters")
    for row in re.findall(r"^\|.+", text, re.MULTILINE)[2:]:
        yield [cell.strip() for cell in row.strip("|").split("|")]


def shown_default(parameter: dict) -> str:
    if "Default" not in parameter:
        return "required"
    return f"`{parameter['Default']}`" if str(parameter["Default"]) else "empty"


def deploy_has_the_bounds_of_every_number(template: dict) -> None:
    for name, _, meaning in parameter_rows():
        of = template["Parameters"].get(name_of(name), {})
        choices = [str(choice) for choice in of.get("AllowedValues", [])]
        bounds = (
            [of["MinValue"], of["MaxValue"]] if "MinValue" in of else [*choices[:1], *choices[-1:]]
        )
        if bounds and str(bounds[0]).isdecimal():
            each = f"{', '.join(choices[:-1])} or {bounds[1]}"
            assert re.search(rf": (?:{bounds[0]} to {bounds[1]}|{each})\b", meaning), (name, bounds)


def readme_lists_every_endpoint(template: dict) -> None:
    described = re.findall(r"^  (/api/\S+):\n    (\w+):$", read("openapi.yaml"), re.MULTILINE)
    listed = re.findall(r"^\| `(\w+) (/api/\S+)` \|", read("README.md"), re.MULTILINE)
    expected = {(method.upper(), path) for path, method in described}
    assert described and set(listed) == expected, set(listed) ^ expected


def integrate_names_every_endpoint(template: dict) -> None:
    named = set(re.findall(r"`(\w+)`", read("docs/integrate.md")))
    endpoints = set(re.findall(r"^      operationId: (\w+)$", read("openapi.yaml"), re.MULTILINE))
    assert endpoints and endpoints <= named, endpoints - named


def openapi_introduces_every_endpoint(template: dict) -> None:
    text = read("openapi.yaml")
    introduction = only(r"^  description: \|\n(.*?)\n\n", text)[1]
    introduced = re.findall(r"`(\w+)`", introduction)
    endpoints = re.findall(r"^      operationId: (\w+)$", text, re.MULTILINE)
    assert endpoints and introduced == endpoints, f"{introduced} and not {endpoints}"


def architecture_draws_every_function(template: dict) -> None:
    drawing = read("ARCHITECTURE.md").partition("\n## ")[0]
    drawn = set(re.findall(r"─► (\w+_\w+)", drawing))
    functions = {folder.name for folder in Path("functions").iterdir()}
    assert drawn == functions, drawn ^ functions


def deploy_explains_every_output(template: dict) -> None:
    text = section(read("docs/deploy.md"), "Outputs")
    explained = [name_of(name) for row in rows(text) for name in row[0].split(", ")]
    assert explained == list(template["Outputs"]), (
        f"{explained} and not {list(template['Outputs'])}"
    )


def deploy_shows_the_boundary_of_the_roles(template: dict) -> None:
    shown = only(r"^```json boundary\.json\n(.*?)^```", read("docs/deploy.md"))
    allowed = {
        action for statement in json.loads(shown[1])["Statement"] for action in statement["Action"]
    }
    needed = set()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"]["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    # A conditional statement is in an Fn::If.
                    actions = statement.get("Fn::If", [None, statement])[1]["Action"]
                    needed |= {actions} if isinstance(actions, str) else set(actions)
    assert allowed == needed, allowed ^ needed


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


def commands_name_what_the_template_has(template: dict) -> None:
    text = "\n".join(read(page) for page in PAGES)
    outputs = set(re.findall(r"(?:\$\(|`)output (\w+)", text))
    resources = set(re.findall(r"(?:\$\(|`)resource (\w+)", text))
    resources |= set(re.findall(r"--logical-resource-id (\w+)", text))
    deployments = re.findall(
        r"sam deploy(?:\\\n|[^\n`])*?--parameter-overrides((?:\\\n|[^\n])*)", text
    )
    parameters = {name for line in deployments for name in re.findall(r"\b([A-Z]\w+)=", line)}
    assert outputs and resources and parameters
    for named, section_of in (
        (outputs, "Outputs"),
        (resources, "Resources"),
        (parameters, "Parameters"),
    ):
        assert named <= template[section_of].keys(), named - template[section_of].keys()


def the_dashboard_costs_nothing(template: dict) -> None:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    metrics = sum(len(widget["properties"]["metrics"]) for widget in json.loads(body)["widgets"])
    assert 0 < metrics <= 50, metrics


def operate_calculates_its_costs_correctly(template: dict) -> None:
    costs = section(read("docs/operate.md"), "Costs")
    tables = re.findall(r"(?:^\|.*\n)+", costs, re.MULTILINE)
    assert len(tables) == 2, len(tables)
    totals = []
    for table in tables:
        *parts, total = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
        ]
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


def readme_repeats_the_costs(template: dict) -> None:
    costs = " ".join(section(read("docs/operate.md"), "Costs").split())
    million, ten_thousand = only(r"in a month are (\S+), ten thousand (\S+)\.$", costs).groups()
    ses, fixed = only(r"\| SES (?:\|[^|]*){3}\| (\S+) \|.*\*\*(\S+)\*\*", costs).groups()
    shown = re.findall(r"\d+\.\d\d", section(read("README.md"), "What it costs"))
    expected = [fixed, ten_thousand, million, ses]
    assert shown == expected, f"README.md, What it costs: {shown} and not {expected}"


def operate_adds_up_units_and_memory(template: dict) -> None:
    text = " ".join(section(read("docs/operate.md"), "Costs").split())
    request = r"on two items, (\d+) units\."
    verification = r"Verification is (\d+), one of them for the index, delivery (\d+)\."
    units = only(f"{request} {verification}", text)
    expected = sum(int(of) for of in units.groups())
    written = only(r"\| (\d+) M write units", text)[1]
    assert int(written) == expected, f"docs/operate.md, Costs: {expected} M write units"
    *factors, of_all = only(r"\| (\d+) M × (\S+) s × (\S+) GB = ([\d,]+) GB-s", text).groups()
    expected = prod(Decimal(factor) for factor in factors) * 10**6
    assert expected == Decimal(of_all.replace(",", "")), f"docs/operate.md, Costs: {expected} GB-s"
    for name, function in template["Resources"].items():
        memory = function.get("Properties", {}).get("MemorySize")
        assert memory in (None, Decimal(factors[-1]) * 1024), f"{name} has {memory} MB"


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


def constant(name: str, code: str) -> Decimal:
    """The number of a constant. A duration's is the one in its constructor."""
    return product(only(rf"\bconst {name}: \w+ = (?:[\w:]+\()?([\d_. *]+)", code)[1])


def published_parameters(code: str) -> int:
    """How many there are, of which one is a constant."""
    listed = only(r"^pub const PARAMETERS: &\[Field\] = &\[\n(.*?)^\];", code)[1]
    return len(re.findall(r"^    (?:EMAIL,|\w+\()", listed, re.MULTILINE))


def rate_limit(name: str, code: str) -> tuple[Decimal, Decimal]:
    """The maximum, and the window in the unit of the code."""
    limit = only(rf"^impl {name} {{$.*?^}}", code)[0]
    window = only(r"\bDuration::from_\w+\(([\d_ *]+)", limit)[1]
    return product(only(r"\bmax: ([\d_]+)", limit)[1]), product(window)


def product(factors: str) -> Decimal:
    return prod(Decimal(factor.strip()) for factor in factors.split("*"))


def prose() -> Iterator[tuple[str, str]]:
    """Each text with its file: pages, template.yaml, openapi.yaml and the comments of the code."""
    for page in [*PAGES, sys.argv[1], "openapi.yaml"]:
        yield page, re.sub(r"\s+(?:# )?", " ", read(page))
    for crate in (*CRATES, "admin", "local", "tests/it"):
        for file in sorted(Path(crate).rglob("*.rs")):
            yield str(file), " ".join(re.findall(r"^ *//[/!]? (.*)", read(file), re.MULTILINE))


def numbers_of_the_code() -> dict[str, list]:
    """Phrases with numbers. An N is any number, a W one that is written as a word."""
    code = source()
    name = [constant(f"MAX_GREETING_{of}", code) for of in ("LENGTH", "WORDS")]
    codes, minutes = rate_limit("CodeLimit", code)
    client_codes, client_minutes = rate_limit("ClientLimit", code)
    mails = product(only(r"\bto_unverified: RateLimit {\s+max: (\d+)", code)[1])
    days = constant("UNVERIFIED_WINDOW", code) / 24
    live, wrong = (
        product(only(rf"\b{of}: (\d+),", code)[1]) for of in ("live_codes", "wrong_in_a_row")
    )
    # Prose has whole minutes.
    revoked = ceil(constant("CACHE_LIFETIME", code) / 60) * 60
    link, key, attempt = (
        8 * int(only(rf"\bimpl {of} {{.*?\bfrom_random\(bytes: \[u8; (\d+)\]", code)[1])
        for of in ("LinkToken", "ApiKeySecret", "AttemptId")
    )
    return {
        "N wrong (?:codes|ones) in a row": [wrong],
        "newest N codes": [live],
        "older than the newest N": [live],
        "N live codes, N attempts": [live, codes],
        "[Cc]ode of N(?: decimal)? digits": [constant("DIGITS", code)],
        "N-digit code": [constant("DIGITS", code)],
        "at most N characters in at most N words": name,
        "any N minutes,? N (?:wrong codes|attempts)": [minutes, codes],
        "N (?:wrong codes|attempts) in N minutes": [codes, minutes],
        "attempts N are compared": [codes],
        "and N on the (?:built-in )?page": [codes],
        "N(?: codes)? in N minutes(?= per client|[.;`]| \\|)": [client_codes, client_minutes],
        "N minutes after the last": [client_minutes],
        "last (\\d+) hours": [constant("WINDOW", code)],
        "N (?:emails |mails )?in N days": [mails, days],
        "any N days, at most N": [days, mails],
        "N days(?: after the(?:ir)? last email| for an address)": [days],
        "Link tokens and API keys are N random bits": [link],
        "API keys are N random bits": [key],
        "an attempt under N random bits": [attempt],
        "(?:stops working within|takes up to) N seconds": [revoked],
        "N KiB": [constant("MAX_BODY_LENGTH", read("shared/src/api/body.rs")) / 1024],
        "contrast is N": [constant("MIN_CONTRAST", code)],
        "idled for N seconds": [constant("IDLE_TIMEOUT", code)],
        "in seconds: N with a 503": [constant("RETRY_UNAVAILABLE_AFTER", code)],
        "the N parameters of the published page": [published_parameters(code)],
    }


def numbers_of_the_template(template: dict) -> dict[str, list]:
    """The same."""
    properties = {name: of.get("Properties", {}) for name, of in template["Resources"].items()}
    retry_hours = (
        properties["PublishEventsFunctionTableChanges"]["MaximumRecordAgeInSeconds"] / 3600
    )
    queue_days = properties["MailEventsDeadLetterQueue"]["MessageRetentionPeriod"] / 86400
    defaults = {name: of.get("Default") for name, of in template["Parameters"].items()}
    shortest_link, *_, longest_link = template["Parameters"]["LinkLifetimeHours"]["AllowedValues"]
    code_minutes = template["Parameters"]["CodeLifetimeMinutes"]
    shortest_code, longest_code = code_minutes["MinValue"], code_minutes["MaxValue"]
    delivery_seconds = template["Mappings"]["DeliverySeconds"]["ForLinkLifetime"].values()
    five_xx, bounces, complaints, delayed = (
        properties[f"{name}Alarm"]
        for name in ("ApiFailures", "BounceRate", "ComplaintRate", "EventsDelayed")
    )
    return {
        "is N API endpoints": [read("openapi.yaml").count("operationId:")],
        "[Tt]ime out after N seconds": [properties["RequestEmailVerificationFunction"]["Timeout"]],
        "at least N requests (?:got a|with) 5xx within N minutes": [
            five_xx["Threshold"],
            five_xx["Period"] / 60,
        ],
        "[Aa]t least N % of (?:the|this stack's) emails bounce": [bounces["Threshold"] * 100],
        "[Aa]t least N % of the readers": [complaints["Threshold"] * 100],
        "is N minutes behind": [delayed["Threshold"] / 60000],
        "W hours": [retry_hours],
        # The stream keeps a change for a day.
        "within (\\d+) hours": [24 - retry_hours],
        "N hours(?: more| to publish)": [24 - retry_hours],
        "(?:at most|maximum of) N hours": [max(delivery_seconds) / 3600],
        "W weeks": [queue_days / 7],
        "N days(?: are SQS's maximum|, or until they are redriven)": [queue_days],
        "N (?:emails )?(?:in )?a day": [defaults["MailsPerDay"]],
        "any 24 hours, N emails go to one address and N ": [defaults["MailsPerDay"]] * 2,
        "LinkLifetimeHours=N` and `CodeLifetimeMinutes=N": [shortest_link, shortest_code],
        "LinkLifetimeHours` to N": [shortest_link],
        "Whole hours, from N to N": [shortest_link, longest_link],
        "Whole minutes, from N to N": [shortest_code, longest_code],
        "works for N hours": [defaults["LinkLifetimeHours"]],
        "(?:works|beside it|that works) for N minutes": [defaults["CodeLifetimeMinutes"]],
    }


def numbers_in_prose_are_right(template: dict) -> None:
    expected = numbers_of_the_code() | numbers_of_the_template(template)
    word = "|".join(NUMBERS)
    texts, wrong = list(prose()), []
    for phrase, values in expected.items():
        pattern = re.sub(r"\bN\b", lambda _: rf"(\d+(?:\.\d+)?|{word})", phrase)
        pattern = re.sub(r"\bW\b", f"({word})", pattern)
        matches = [
            (file, of) for file, text in texts for of in re.finditer(rf"\b(?:{pattern})", text)
        ]
        wrong += [] if matches else [f"nothing has {phrase!r}"]
        for file, match in matches:
            shown = [NUMBERS.index(of) if of in NUMBERS else float(of) for of in match.groups()]
            if shown != [round(float(value), 9) for value in values]:
                wrong.append(f"{file}: {match[0]!r}, but {[str(value) for value in values]}")
    assert not wrong, "\n".join(wrong)


def each_default_in_prose_is_the_templates(template: dict) -> None:
    found = [
        (file, *of.groups())
        for file, text in prose()
        for of in re.finditer(r"`([A-Z][a-z]\w+)`[^`.]* (\w+) by default", text)
    ]
    assert found
    for file, name, shown in found:
        assert shown == str(template["Parameters"][name]["Default"]), f"{file}: {name} is {shown}"


def entry_pages_are_read_in_minutes(template: dict) -> None:
    for page, most in {"README.md": 140, "ARCHITECTURE.md": 200}.items():
        lines = len(read(page).splitlines())
        assert lines <= most, f"{page}: {lines} lines and not {most}"


def contents_list_every_section(template: dict) -> None:
    found = [page for page in PAGES if "\n**Contents:**" in read(page)]
    assert found
    for page in found:
        contents = only(r"^\*\*Contents:\*\*(.*?)\n\n", read(page))[1]
        listed = re.findall(r"\]\(#([\w-]+)\)", contents)
        headings = re.findall(r"^## +(.+)$", without_code(read(page)), re.MULTILINE)
        sections = [of for heading in headings for of in anchors(f"## {heading}")]
        assert listed == sections, f"{page}: {set(listed) ^ set(sections) or 'their order'}"


def commands_name_existing_files(template: dict) -> None:
    text = "\n".join(read(page) for page in PAGES)
    files = set(re.findall(r"(?:--data-file|-e) (\S+\.json)", text))
    invoked = set(re.findall(r"cargo lambda invoke (\w+)", text))
    resources = set(re.findall(r"sam local invoke (\w+)", text))
    assert files and invoked and resources
    assert files <= set(FILES), files - set(FILES)
    functions = {folder.name for folder in Path("functions").iterdir()}
    assert invoked <= functions, invoked - functions
    assert resources <= template["Resources"].keys(), resources - template["Resources"].keys()


def every_path_in_prose_exists(template: dict) -> None:
    parents = {str(parent) for file in FILES for parent in Path(file).parents}
    roots = {parent for parent in parents if "/" not in parent}
    for page in PAGES:
        for path in re.findall(r"`([\w.-]+/[\w./-]+)`", without_code(read(page))):
            # A word in capitals is to be replaced, as in functions/NAME.
            if path.partition("/")[0] in roots and not re.search(r"/[A-Z]+\b", path):
                assert path.rstrip("/") in parents.union(FILES), f"{page} names {path}"


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.+)$", without_code(text), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return found


def every_link_has_an_existing_target(template: dict) -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s]+)\)", without_code(read(page))):
            if re.match(r"\w+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = Path(page).parent / path if path else Path(page)
            assert target.exists(), f"{page} links to {link}"
            assert not anchor or anchor in anchors(read(target)), f"{page} links to {link}"


CHECKS: list[Callable[[dict], None]] = [
    function
    for function in list(globals().values())
    if getattr(function, "__annotations__", None) == {"template": dict, "return": None}
]


def main() -> int:
    template = expand(read(sys.argv[1]))
    failed = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            check(template)
        except AssertionError as error:
            failed += 1
            print(f"FAILED {name}: {error}", file=sys.stderr)
        else:
            print(f"ok {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
