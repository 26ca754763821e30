"""Whether local/sam-local.json has each setting of each function, and nothing else.

    check_sam_local.py TEMPLATE SETTINGS

SAM replaces the template's value of a variable by the one here, first under "Parameters" and then under the
function's own name. A variable that is missing here keeps what SAM makes of the template's expression, which a
local function can seldom use.
"""

import json
import sys

from samcli.yamlhelper import yaml_parse


def variables_of(function):
    return set(function.get("Environment", {}).get("Variables", {}))


def main(template, settings):
    with open(template, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    with open(settings, encoding="utf-8") as file:
        settings = json.load(file)
    shared = set(settings.pop("Parameters"))
    of_all = variables_of(template["Globals"]["Function"])
    functions = {
        name: of_all | variables_of(resource["Properties"])
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }

    problems = [f"{name} is no function" for name in settings.keys() - functions.keys()]
    for name, variables in functions.items():
        own = set(settings.get(name, ()))
        problems += [f"{name} lacks {variable}" for variable in variables - own - shared]
        problems += [f"{name} has no setting {variable}" for variable in own - variables]
    problems += [f"no function has a setting {name}" for name in shared.difference(*functions.values())]
    sys.exit("\n".join(sorted(problems)) or 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
