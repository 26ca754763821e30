"""Every endpoint and function is where a reader looks for it."""

import re
from pathlib import Path

from doc_checks.texts import only, read


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
