"""docs/deploy.md and the parameters, outputs and permissions of the template."""

import json
import re
from typing import Iterator

from doc_checks.texts import PAGES, TEMPLATE, name_of, only, read, rows, section


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
        for group, names in groups_of(read(TEMPLATE)).items()
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
