"""What CloudFormation makes of an expanded template, as far as this project's template goes.

It evaluates conditions, rules and intrinsic functions for one choice of parameters. What only AWS could
know, such as the ARN of a resource, becomes a text in angle brackets that names where it comes from.
"""

import re
from functools import cached_property
from typing import Any

# A stack in no particular account.
PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-central-1:111122223333:stack/mailproof/01234567-89ab-cdef-0123-456789abcdef",
    "AWS::StackName": "mailproof",
    "AWS::URLSuffix": "amazonaws.com",
}

NO_VALUE = object()


class Stack:
    """The resources and outputs that a template comes to."""

    def __init__(self, template: dict, chosen: dict[str, str]) -> None:
        self.template = template
        self.declared = template["Parameters"]
        unknown = chosen.keys() - self.declared.keys()
        assert not unknown, f"no such parameters: {unknown}"
        self.parameters = {name: str(of["Default"]) for name, of in self.declared.items() if "Default" in of}
        self.parameters |= chosen

    # When they are asked for: of parameters that CloudFormation refuses there are none.
    @cached_property
    def resources(self) -> dict[str, dict]:
        """The resources that are made, by their logical ids, without their conditions."""
        return self._existing("Resources")

    @cached_property
    def outputs(self) -> dict[str, dict]:
        """The outputs that there are."""
        return self._existing("Outputs")

    def _existing(self, section: str) -> dict[str, dict]:
        found = {}
        for name, entry in self.template[section].items():
            if self.holds(entry.get("Condition")):
                found[name] = {key: self.value(value) for key, value in entry.items() if key != "Condition"}
        return found

    def of_type(self, kind: str) -> dict[str, dict]:
        """The properties of all resources of a type, by their logical ids."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def properties(self, name: str) -> dict:
        """The properties of one resource."""
        return self.resources[name]["Properties"]

    def holds(self, condition: Any) -> bool:
        """Whether a condition, or the one of this name, is true. None always is."""
        if condition is None:
            return True
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((function, arguments),) = condition.items()
        match function:
            case "Condition":
                return self.holds(arguments)
            case "Fn::Equals":
                left, right = (self.value(argument) for argument in arguments)
                return str(left) == str(right)
            case "Fn::Not":
                return not self.holds(arguments[0])
            case "Fn::And":
                return all(self.holds(argument) for argument in arguments)
            case "Fn::Or":
                return any(self.holds(argument) for argument in arguments)
        raise NotImplementedError(function)

    def broken_rules(self) -> set[str]:
        """The names of the rules that refuse the parameters."""
        return {
            name
            for name, rule in self.template["Rules"].items()
            if self.holds(rule.get("RuleCondition"))
            and not all(self.holds(assertion["Assert"]) for assertion in rule["Assertions"])
        }

    def refused_parameters(self) -> set[str]:
        """The names of the parameters whose values CloudFormation does not take."""
        refused = {name for name in self.declared if name not in self.parameters}
        for name, value in self.parameters.items():
            declared = self.declared[name]
            allowed = [str(one) for one in declared.get("AllowedValues", [value])]
            is_good = value in allowed and re.fullmatch(declared.get("AllowedPattern", ".*"), value)
            if declared["Type"] == "Number":
                number = float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else float("nan")
                is_good = is_good and declared.get("MinValue", 0) <= number <= declared.get("MaxValue", float("inf"))
            else:
                is_good = is_good and declared.get("MinLength", 0) <= len(value)
                is_good = is_good and len(value) <= declared.get("MaxLength", 4096)
            if not is_good:
                refused.add(name)
        return refused

    def value(self, node: Any) -> Any:
        """A value with its intrinsic functions applied. NO_VALUE if there is none."""
        if isinstance(node, list):
            values = [self.value(item) for item in node]
            return [value for value in values if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, arguments),) = node.items()
            if function == "Ref":
                return self._ref(arguments)
            if function.startswith("Fn::"):
                return self._apply(function, arguments)
        values = {key: self.value(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.declared:
            return self.parameters.get(name, "")
        return self._resource(name, name)

    def _resource(self, name: str, shown: str) -> str:
        assert name in self.template["Resources"], f"nothing is called {name}"
        condition = self.template["Resources"][name].get("Condition")
        assert self.holds(condition), f"{name} is referred to and not made"
        return f"<{shown}>"

    def _apply(self, function: str, arguments: Any) -> Any:
        match function:
            case "Fn::If":
                condition, then, otherwise = arguments
                return self.value(then if self.holds(condition) else otherwise)
            case "Fn::GetAtt":
                name, attribute = arguments if isinstance(arguments, list) else arguments.split(".", 1)
                return self._resource(name, f"{name}.{attribute}")
            case "Fn::Sub":
                text, own = (arguments, {}) if isinstance(arguments, str) else arguments
                own = {key: self.value(value) for key, value in own.items()}
                return re.sub(r"\$\{([^!}][^}]*)\}", lambda place: str(self._place(place[1], own)), text)
            case "Fn::Join":
                return self.value(arguments[0]).join(self.value(arguments[1]))
            case "Fn::Split":
                return self.value(arguments[1]).split(self.value(arguments[0]))
            case "Fn::Select":
                return self.value(arguments[1])[int(self.value(arguments[0]))]
            case "Fn::FindInMap":
                mapping, key, second = (self.value(argument) for argument in arguments)
                return self.template["Mappings"][mapping][key][second]
        raise NotImplementedError(function)

    def _place(self, name: str, own: dict[str, Any]) -> Any:
        if name in own:
            return own[name]
        if "." in name:
            return self._apply("Fn::GetAtt", name)
        return self._ref(name)


def references(node: Any) -> set[str]:
    """The names of all parameters, resources and conditions that a part of a template refers to."""
    if isinstance(node, list):
        return set().union(*(references(item) for item in node))
    if not isinstance(node, dict):
        return set()
    found: set[str] = set()
    for key, value in node.items():
        match key:
            case "Ref" | "Condition" if isinstance(value, str):
                found.add(value)
            case "Fn::GetAtt":
                found.add(value[0] if isinstance(value, list) else value.split(".")[0])
            case "Fn::If":
                found |= {value[0]} | references(value[1:])
            case "Fn::Sub":
                text, own = (value, {}) if isinstance(value, str) else value
                places = {place.split(".")[0] for place in re.findall(r"\$\{([^!}][^}]*)\}", text)}
                found |= (places - own.keys()) | references(own)
            case "DependsOn":
                found |= {value} if isinstance(value, str) else set(value)
            case _:
                found |= references(value)
    return found
