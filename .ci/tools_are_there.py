"""Ends with 0 if the packages of this interpreter have these versions.

tools_are_there.py NAME==VERSION...
"""

import sys
from importlib.metadata import PackageNotFoundError, version


def is_there(tool: str) -> bool:
    name, _, wanted = tool.partition("==")
    try:
        # Without the extra in brackets.
        return version(name.partition("[")[0]) == wanted
    except PackageNotFoundError:
        return False


sys.exit(not all(map(is_there, sys.argv[1:])))
