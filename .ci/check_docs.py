"""Compares the docs with the template and the code, and checks their links.

    check_docs.py TEMPLATE

A new parameter, output or alarm fails here until the docs explain it. Every check is a function
whose name states the rule.
"""

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Callable, Iterator

from expand_template import expand

PAGES = [
    *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("docs/deploy.md", "docs/integrate.md", "docs/operate.md", "docs/translate.md", "docs/upgrade.md"),
]
METRICS = Path("shared/src/telemetry/metrics.rs")


DOMAIN = Path("shared/src/domain")

NUMBERS = "two three four five six seven eight nine ten".split()


def read(page: str) -> str:
    return Path(page).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    """A page without its code blocks, in which # is no heading and brackets are no link."""
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?: {4,}.*\n)+", "\n", text, flags=re.MULTILINE)


def section(text: str, heading: str) -> str:
    """The text of a section with a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading}"
    return found[1]


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
    text = re.search(r"^Parameters:\n(.*?)^\w", template, re.MULTILINE | re.DOTALL)
    for group, name in re.findall(r"^  (?:# ---- (.+)|(\w+):)$", text[1], re.MULTILINE):
        if group:
            groups[group] = []
        else:
            list(groups.values())[-1].append(name)
    return groups


def deploy_explains_every_parameter_in_its_group_with_its_default(template: dict) -> None:
    explained: dict[str, list[tuple[str, str]]] = {}
    for row in re.findall(r"^\|.+", section(read("docs/deploy.md"), "Parameters"), re.MULTILINE)[2:]:
        name, default, _ = (cell.strip() for cell in row.strip("|").split("|"))
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


def shown_default(parameter: dict) -> str:
    if "Default" not in parameter:
        return "required"
    return f"`{parameter['Default']}`" if str(parameter["Default"]) else "empty"


def readme_lists_every_endpoint(template: dict) -> None:
    described = re.findall(r"^  (/api/\S+):\n    (\w+):$", read("openapi.yaml"), re.MULTILINE)
    listed = re.findall(r"^\| `(\w+) (/api/\S+)` \|", read("README.md"), re.MULTILINE)
    expected = {(method.upper(), path) for path, method in described}
    assert described and set(listed) == expected, set(listed) ^ expected


def integrate_names_every_endpoint(template: dict) -> None:
    named = set(re.findall(r"`(\w+)`", read("docs/integrate.md")))
    endpoints = set(re.findall(r"^      operationId: (\w+)$", read("openapi.yaml"), re.MULTILINE))
    assert endpoints and endpoints <= named, endpoints - named


def architecture_draws_every_function(template: dict) -> None:
    drawing = read("ARCHITECTURE.md").partition("\n## ")[0]
    drawn = set(re.findall(r"─► (\w+_\w+)", drawing))
    functions = {folder.name for folder in Path("functions").iterdir()}
    assert drawn == functions, drawn ^ functions


def deploy_explains_every_output(template: dict) -> None:
    text = section(read("docs/deploy.md"), "Outputs")
    explained = [name_of(name) for row in rows(text) for name in row[0].split(", ")]
    assert explained == list(template["Outputs"]), f"{explained} and not {list(template['Outputs'])}"


def deploy_shows_a_boundary_with_exactly_the_permissions_of_the_roles(template: dict) -> None:
    shown = re.search(r"^```json boundary\.json\n(.*?)^```", read("docs/deploy.md"), re.MULTILINE | re.DOTALL)
    allowed = {action for statement in json.loads(shown[1])["Statement"] for action in statement["Action"]}
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
    alarms = [name for name, of in template["Resources"].items() if of["Type"] == "AWS::CloudWatch::Alarm"]
    assert explained == alarms, f"{explained} and not {alarms}"
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        for word in ("**Means:**", "**Look:**", "**Do:**"):
            assert word in part, f"{word} of {part.partition(chr(10))[0]}"


def operate_counts_the_alarms_as_cloudwatch_bills_them(template: dict) -> None:
    alarms = [of["Properties"] for of in template["Resources"].values() if of["Type"] == "AWS::CloudWatch::Alarm"]
    # A conditional metric is in an Fn::If, whose first branch is the metric.
    metrics = 0
    for alarm in alarms:
        queries = [query.get("Fn::If", [None, query])[1] for query in alarm.get("Metrics", [])]
        metrics += sum("MetricStat" in query for query in queries) or 1
    assert f"{len(alarms)} alarms on {metrics} metrics" in read("docs/operate.md"), (len(alarms), metrics)


def commands_name_existing_outputs_resources_and_parameters(template: dict) -> None:
    text = "\n".join(read(page) for page in PAGES)
    outputs = set(re.findall(r"(?:\$\(|`)output (\w+)", text))
    resources = set(re.findall(r"(?:\$\(|`)resource (\w+)", text))
    resources |= set(re.findall(r"--logical-resource-id (\w+)", text))
    deployments = re.findall(r"sam deploy(?:\\\n|[^\n`])*?--parameter-overrides((?:\\\n|[^\n])*)", text)
    parameters = {name for line in deployments for name in re.findall(r"\b([A-Z]\w+)=", line)}
    assert outputs and resources and parameters
    for named, section_of in ((outputs, "Outputs"), (resources, "Resources"), (parameters, "Parameters")):
        assert named <= template[section_of].keys(), named - template[section_of].keys()


def the_dashboard_has_few_enough_metrics_to_be_free(template: dict) -> None:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    metrics = len(re.findall(r"^ *\[\"[A-Z]", body, re.MULTILINE))
    assert 0 < metrics <= 50, metrics


def operate_sums_its_costs_correctly(template: dict) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", section(read("docs/operate.md"), "Costs"), re.MULTILINE)
    assert len(tables) == 2, len(tables)
    for table in tables:
        *parts, total = [re.split(r" *\| *", line.strip("| "))[-1] for line in table.splitlines()[2:]]
        assert sum(Decimal(part) for part in parts) == Decimal(total.strip("*")), total


def operate_explains_every_metric_of_the_functions(template: dict) -> None:
    explained = [name_of(row[0]) for row in rows(section(read("docs/operate.md"), "Metrics"))]
    metrics = re.search(r"enum Metric {(.*?)\n}", METRICS.read_text(encoding="utf-8"), re.DOTALL)
    counted = re.findall(r"^    (\w+),$", metrics[1], re.MULTILINE)
    assert counted and explained == counted, f"{explained} and not {counted}"
    costs = " ".join(section(read("docs/operate.md"), "Costs").split())
    assert f" {NUMBERS[len(counted) - 2]} of the functions" in costs, len(counted)


def operate_shows_how_to_run_every_program(template: dict) -> None:
    text = read("docs/operate.md") + read("docs/operations/functions.sh")
    shown = set(re.findall(r"\boperation (\w+\.py)", text))
    programs = {program.name for program in Path("docs/operations").glob("*.py")}
    assert shown == programs, f"{shown} and not {programs}"


def constant(file: str, name: str) -> int:
    text = (DOMAIN / file).read_text(encoding="utf-8")
    return int(re.search(rf"const {name}: \w+ = (\d+);", text)[1])


def rate_limit(name: str) -> tuple[int, int]:
    """The maximum, and the first number of the window: minutes, or days."""
    text = (DOMAIN / "rate_limit.rs").read_text(encoding="utf-8")
    fields = r"\s+max: (\d+),\s+window: \w+::\w+\((\d+)"
    start = rf"impl {name} {{.*?const DEFAULT: Self = Self\(RateLimit {{|const {name}: RateLimit = RateLimit {{"
    limit, window = re.search(rf"(?:{start}){fields}", text, re.DOTALL).groups()
    return int(limit), int(window)


def numbers_in_prose_are_those_of_code_and_template(template: dict) -> None:
    defaults = {name: of.get("Default") for name, of in template["Parameters"].items()}
    codes, minutes = rate_limit("CodeLimit")
    mails, days = rate_limit("MAILS_TO_UNVERIFIED")
    number = rf"(\d+|{'|'.join(NUMBERS)})"
    expected = {
        "N wrong codes in a row": [constant("code_attempts.rs", "MAX_WRONG_IN_A_ROW")],
        "newest N codes": [constant("verification_code.rs", "MAX_LIVE_CODES")],
        "at most N characters in at most N words": [
            constant("person_name.rs", "MAX_GREETING_LENGTH"),
            constant("person_name.rs", "MAX_GREETING_WORDS"),
        ],
        "any N minutes,? N (?:wrong codes|attempts)": [minutes, codes],
        "N (?:wrong codes|attempts) in N minutes": [codes, minutes],
        "and N on the (?:built-in )?page": [codes],
        "N codes in N minutes": [*rate_limit("ClientLimit")],
        "N (?:emails )?in N days": [mails, days],
        "any N days, at most N": [days, mails],
        "N (?:emails )?(?:in )?a day": [defaults["MailsPerDay"]],
        "any 24 hours, N emails go to one address and N ": [defaults["MailsPerDay"]] * 2,
        "N by default": [defaults["MailsPerDay"]],
        "works for N hours": [defaults["LinkLifetimeHours"]],
        "(?:works|beside it) for N minutes": [defaults["CodeLifetimeMinutes"]],
    }
    texts = {page: " ".join(read(page).split()) for page in [*PAGES, "openapi.yaml"]}
    for phrase, values in expected.items():
        pattern = re.compile(rf"\b{phrase}".replace("N", number))
        found = [(page, match) for page, text in texts.items() for match in pattern.finditer(text)]
        assert found, f"no page has {phrase!r}"
        for page, match in found:
            shown = [NUMBERS.index(word) + 2 if word in NUMBERS else int(word) for word in match.groups()]
            assert shown == [int(value) for value in values], f"{page}: {match[0]!r}, but {values}"


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
            assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{page} links to {link}"


CHECKS: list[Callable[[dict], None]] = [
    function
    for function in list(globals().values())
    if getattr(function, "__annotations__", None) == {"template": dict, "return": None}
]


def main() -> int:
    template = expand(Path(sys.argv[1]).read_text(encoding="utf-8"))
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
