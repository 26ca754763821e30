"""Compares the docs with the template and the code, and checks their links.

A new parameter, output or alarm fails here until the docs explain it. Every check is a function
whose name states the rule.
"""

import sys
from typing import Callable

from doc_checks import costs, deployment, endpoints, numbers, operation, pages, scale, security
from doc_checks.texts import TEMPLATE, read
from expand_template import expand

CHECKS: list[Callable[[dict], None]] = [
    function
    for module in (endpoints, deployment, operation, costs, scale, numbers, pages, security)
    for function in vars(module).values()
    if getattr(function, "__annotations__", None) == {"template": dict, "return": None}
]


def main() -> int:
    template = expand(read(TEMPLATE))
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
