"""Checks the direct dependencies: each is used, and docs/dependencies.md is true of each."""

import json
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path("docs/dependencies.md")
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# All direct dependencies are in the graph of each platform. Without one, all graphs are fetched.
PLATFORM = "x86_64-unknown-linux-gnu"


def code_below(folder):
    """All Rust code in a folder, without its comments."""
    files = (path for path in folder.rglob("*.rs") if "target" not in path.parts)
    text = "\n".join(path.read_text(errors="ignore") for path in files)
    return re.sub(r"//.*", "", text)


def unsafe_in(package):
    code = code_below(Path(package["manifest_path"]).parent / "src")
    if re.search(r"#!\[forbid\([^)]*\bunsafe_code", code):
        return "forbidden"
    return "some" if re.search(r"\bunsafe\s*(\{|fn\b|impl\b)", code) else "none"


def build_script_of(package):
    kinds = [kind for target in package["targets"] for kind in target["kind"]]
    return "yes" if "custom-build" in kinds else "no"


def repository_of(package):
    return package["repository"].removeprefix("https://github.com/").removesuffix("/")


metadata = json.loads(
    subprocess.check_output(
        ["cargo", "metadata", "--locked", "--format-version=1", f"--filter-platform={PLATFORM}"]
    )
)
packages = {package["id"]: package for package in metadata["packages"]}
members = set(metadata["workspace_members"])
wrong, direct = [], {}
for node in metadata["resolve"]["nodes"]:
    if node["id"] not in members:
        continue
    member = packages[node["id"]]
    # The example is compiled with the tests.
    code = code_below(Path(member["manifest_path"]).parent) + code_below(Path("docs/examples"))
    for dependency in node["deps"]:
        package = packages[dependency["pkg"]]
        if not re.search(rf"\b{dependency['name']}\b", code):
            wrong.append(f"{member['name']} does not use {package['name']}: remove it")
        if package["id"] not in members:
            direct[package["name"]] = package
    for dependency in member["dependencies"]:
        if dependency["uses_default_features"] and not dependency.get("path"):
            wrong.append(f"{member['name']} uses default features of {dependency['name']}")

rows = {name: cells for name, *cells in ROW.findall(DOCS.read_text())}
wrong += [f"{DOCS}: no row of {name}" for name in sorted(direct.keys() - rows.keys())]
wrong += [f"{DOCS}: {name} is no direct dependency" for name in sorted(rows.keys() - direct.keys())]
for name in sorted(rows.keys() & direct.keys()):
    package = direct[name]
    found = [repository_of(package), unsafe_in(package), build_script_of(package)]
    if rows[name][:3] != found:
        wrong.append(f"{DOCS}: of {name} it is {' | '.join(found)}")
if wrong:
    sys.exit("\n".join(wrong))
print(f"{len(direct)} direct dependencies")
