"""Checks that each exclusion of a mutant is of a mutant: MUTANTS.JSON MUTANTS.TOML."""

import json
import re
import sys
import tomllib
from pathlib import Path

mutants, config = map(Path, sys.argv[1:])
names = [mutant["name"] for mutant in json.loads(mutants.read_text())]
patterns = tomllib.loads(config.read_text())["exclude_re"]
stale = [pattern for pattern in patterns if not any(re.search(pattern, name) for name in names)]
for pattern in stale:
    print(f"{config}: no mutant is named {pattern}", file=sys.stderr)
print(f"{len(patterns)} exclusions, {len(names)} mutants")
sys.exit(bool(stale))
