"""Evaluates an expanded template as CloudFormation does, as far as this project's template needs.

It evaluates conditions, rules and intrinsic functions for one choice of parameters. Values that
only AWS knows, such as the ARN of a resource, become their reference in angle brackets.
"""

import re
from functools import cached_property
from typing import Any

NO_VALUE = object()
# Pseudo parameters of an example account.
PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::NoValue": NO_VALUE,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackName": "mailproof",
}


class Stack:
    """The resources and outputs of a template."""

    def __init__(self, template: dict, chosen: dict[str, str]) -> None:
        self.template = template
        self.declared = template["Parameters"]
        self.parameters = {
            name: str(of["Default"]) for name, of in self.declared.items() if "Default" in of
        } | chosen
        self.known = PSEUDO | self.parameters

    # By logical id, without conditions. Evaluated when read, as refused parameters may have no
    # result.
    @cached_property
    def resources(self) -> dict[str, dict]:
        return self._existing("Resources")

    @cached_property
    def outputs(self) -> dict[str, dict]:
        return self._existing("Outputs")

    def _existing(self, section: str) -> dict[str, dict]:
        made = {
            name: of
            for name, of in self.template[section].items()
            if self.holds(of.get("Condition"))
        }
        return {
            name: self.value({key: of[key] for key in of if key != "Condition"})
            for name, of in made.items()
        }

    def of_type(self, kind: str) -> dict[str, dict]:
        """The properties of all resources of a type, by their logical ids."""
        return {
            name: of.get("Properties", {})
            for name, of in self.resources.items()
            if of["Type"] == kind
        }

    def holds(self, condition: str | None) -> bool:
        """Whether the condition of this name is true. None is true."""
        return condition is None or self.value(self.template["Conditions"][condition])

    def broken_rules(self) -> set[str]:
        """The names of the violated rules."""
        return {
            name
            for name, rule in self.template["Rules"].items()
            if self.value(rule["RuleCondition"])
            and not all(self.value([of["Assert"] for of in rule["Assertions"]]))
        }

    def refused_parameters(self) -> set[str]:
        """The names of the parameters whose values CloudFormation refuses."""
        return {
            name
            for name, of in self.declared.items()
            if not _accepts(of, self.parameters.get(name, ""))
        }

    def value(self, node: Any) -> Any:
        """A value with its intrinsic functions applied, or NO_VALUE."""
        match node:
            case list():
                return [value for value in map(self.value, node) if value is not NO_VALUE]
            case {"Ref": str(name)}:
                return self.known[name] if name in self.known else self._resource(name)
            case {"Condition": str(name)}:
                return self.holds(name)
            case {"Fn::Equals": [left, right]}:
                return str(self.value(left)) == str(self.value(right))
            case {"Fn::Not": [condition]}:
                return not self.value(condition)
            case {"Fn::And": conditions}:
                return all(self.value(conditions))
            case {"Fn::If": [condition, then, otherwise]}:
                return self.value(then if self.holds(condition) else otherwise)
            case {"Fn::GetAtt": path}:
                return self._resource(path if isinstance(path, str) else ".".join(path))
            case {"Fn::Sub": [text, own]}:
                return self._sub(text, self.value(own))
            case {"Fn::Sub": str(text)}:
                return self._sub(text, {})
            case {"Fn::Split": [separator, text]}:
                return self.value(text).split(separator)
            case {"Fn::Select": [index, items]}:
                return self.value(items)[int(index)]
            case {"Fn::FindInMap": [mapping, first, second]}:
                return self.template["Mappings"][mapping][self.value(first)][self.value(second)]
            case dict():
                assert not any(key.startswith("Fn::") for key in node), f"not implemented: {node}"
                values = {key: self.value(value) for key, value in node.items()}
                return {key: value for key, value in values.items() if value is not NO_VALUE}
        return node

    def _resource(self, shown: str) -> str:
        exists = self.holds(self.template["Resources"][shown.split(".")[0]].get("Condition"))
        assert exists, f"{shown} is referred to, but does not exist"
        return f"<{shown}>"

    def _sub(self, text: str, own: dict[str, Any]) -> str:
        def place(found: re.Match) -> str:
            name = found[1]
            return str(
                own[name]
                if name in own
                else self.value({"Fn::GetAtt" if "." in name else "Ref": name})
            )

        return re.sub(r"\$\{([^!}][^}]*)\}", place, text)


def _accepts(declared: dict, value: str) -> bool:
    if "MinValue" in declared:
        return value.isdecimal() and declared["MinValue"] <= int(value) <= declared["MaxValue"]
    pattern = declared.get("AllowedPattern", "(?s:.*)")
    return (
        value in map(str, declared.get("AllowedValues", [value]))
        and re.fullmatch(pattern, value) is not None
    )
