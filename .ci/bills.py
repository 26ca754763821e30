"""The crates that a program links, and its bill of materials in CycloneDX's format."""

import functools
import json
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path


def output(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


@functools.cache
def metadata_for(target):
    return json.loads(
        output("cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target)
    )


def linked_crates(program, target):
    """The program's own package and all that it links, without crates that only build these: the
    id of each, its package, and the ids of those that it uses."""
    metadata = metadata_for(target)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    waiting = [one for one in metadata["workspace_members"] if packages[one]["name"] == program]
    linked = {}
    while waiting:
        if (one := waiting.pop()) not in linked:
            used = [
                dependency["pkg"]
                for dependency in nodes[one]
                if any(kind["kind"] is None for kind in dependency["dep_kinds"])
            ]
            linked[one] = packages[one], used
            waiting += used
    return linked


@functools.cache
def checksums():
    """Those in Cargo.lock, by name and version."""
    entry = r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"'
    found = re.findall(entry, Path("Cargo.lock").read_text())
    return {(name, version): checksum for name, version, checksum in found}


def reference(package):
    """The package's URL, which only a crate of crates.io has."""
    kind = "pkg:cargo/" if package["source"] else ""
    return f"{kind}{package['name']}@{package['version']}"


def component(package, kind):
    found = {
        "type": kind,
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        # Older crates write MIT/Apache-2.0.
        "licenses": [{"expression": re.sub(" */ *", " OR ", package["license"])}],
    }
    if package["description"]:
        found["description"] = package["description"].strip()
    if package["source"]:
        checksum = checksums()[package["name"], package["version"]]
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        found["purl"] = reference(package)
    if package["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def bill_of(program, target, timestamp):
    """The bytes of the program's bill, which has the time of the commit."""
    own, *linked = linked_crates(program, target).values()
    references = {package["id"]: reference(package) for package, _ in [own, *linked]}
    when = datetime.fromtimestamp(timestamp, timezone.utc)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": when.isoformat(),
            "component": component(own[0], "application"),
            "properties": [{"name": "cdx:rustc:sbom:target:triple", "value": target}],
        },
        "components": sorted(
            (component(package, "library") for package, _ in linked),
            key=lambda one: one["bom-ref"],
        ),
        "dependencies": sorted(
            (
                {
                    "ref": references[package["id"]],
                    "dependsOn": sorted({references[one] for one in used}),
                }
                for package, used in [own, *linked]
            ),
            key=lambda one: one["ref"],
        ),
    }
    return json.dumps(bill, indent=2).encode()
