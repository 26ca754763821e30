"""Packs what a person without Rust needs into one archive for each platform.

    pack_release.py PROGRAMS FUNCTIONS RELEASE

PROGRAMS has a folder with `admin` and `local` for each platform, such as linux-x86_64, and
FUNCTIONS the output of `sam build` for each architecture. The archives and SHA256SUMS go to
RELEASE.

The same commit and the same programs result in the same bytes: names are sorted, and every file has
the commit's time.
"""

import gzip
import hashlib
import io
import os
import re
import sys
import tarfile
from pathlib import Path

from artefacts import ARCHITECTURES, resource_of, zipped
from bills import bill_of, linked_crates, output

PLATFORMS = {
    **{f"linux-{architecture}": target for architecture, target in ARCHITECTURES.items()},
    "macos-arm64": "aarch64-apple-darwin",
    "macos-x86_64": "x86_64-apple-darwin",
}
PROGRAMS = ["admin", "local"]

# What belongs into each archive as it is in the repository.
FILES = [":(glob)*.md", "LICENSE", "openapi.yaml", "samconfig.toml", "docs"]

FUNCTION = re.compile(
    r"^    Metadata: \{BuildMethod: rust-cargolambda\}\n"
    r"    Properties:\n      CodeUri: functions/(\w+)$",
    re.MULTILINE,
)
LICENSE_FILE = re.compile(r"(?i)(licen[cs]e|copying|copyright|notice|unlicense)")


def template_for(architecture):
    """template.yaml without a build: its functions are zips for one architecture."""
    source = Path("template.yaml").read_text()
    text, functions = FUNCTION.subn(
        rf"    Properties:\n      CodeUri: functions/{architecture}/\1.zip", source
    )
    text, defaults = re.subn(
        r"^(  Architecture:\n(?:    .*\n)*?)    Default: arm64\n"
        r"    AllowedValues: \[arm64, x86_64\]$",
        rf"\1    Default: {architecture}\n    AllowedValues: [{architecture}]",
        text,
        flags=re.MULTILINE,
    )
    text, commands = re.subn(r"cargo run --bin admin --", "./admin", text)
    text, places = re.subn("in a checkout of Mailproof", "in the folder of the release", text)
    if (functions, defaults, commands, places) != (source.count("rust-cargolambda"), 1, 1, 1):
        sys.exit("template.yaml is written in another way. Change template_for in this program.")
    return text.encode(), FUNCTION.findall(source)


def functions_for(architecture, names, build):
    """The zips, by their paths in the archive."""
    for name in names:
        program = (build / architecture / resource_of(name) / "bootstrap").read_bytes()
        yield f"functions/{architecture}/{name}.zip", zipped(program, 9)


def licenses_of(programs):
    """The license of each crate that a program links, and the texts that its authors ask to pass
    on. A program is a name and a target."""
    crates = {
        one: package
        for program in programs
        for one, (package, _) in linked_crates(*program).items()
        if package["source"]
    }
    lines, texts = [], {}
    for crate in sorted(crates.values(), key=lambda one: (one["name"], one["version"])):
        name = f"{crate['name']} {crate['version']}"
        lines.append(f"{name}: {crate['license']}")
        for file in sorted(Path(crate["manifest_path"]).parent.iterdir()):
            if file.is_file() and LICENSE_FILE.match(file.name):
                text = file.read_text(errors="replace").replace("\r\n", "\n").strip()
                texts.setdefault(text, []).append(name)
    parts = ["The programs link these crates:", "\n".join(lines)]
    parts += [f"{'=' * 80}\n{', '.join(of)}:\n\n{text}" for text, of in texts.items()]
    return ("\n\n".join(parts) + "\n").encode()


def contents(platform, programs, build, timestamp):
    """The paths of an archive, with their bytes and modes."""
    for name in PROGRAMS:
        yield name, (programs / platform / name).read_bytes(), 0o755
        bill = bill_of(name, PLATFORMS[platform], timestamp)
        yield f"sbom/{name}.cdx.json", bill, 0o644
    packed = [(name, PLATFORMS[platform]) for name in PROGRAMS]
    built = [architecture for architecture in ARCHITECTURES if (build / architecture).is_dir()]
    for architecture in built:
        target = ARCHITECTURES[architecture]
        text, names = template_for(architecture)
        # The one of a plain `sam deploy`, and the other.
        is_default = architecture == built[0]
        yield "template.yaml" if is_default else f"template-{architecture}.yaml", text, 0o644
        for path, data in functions_for(architecture, names, build):
            yield path, data, 0o644
        for name in names:
            bill = bill_of(name, target, timestamp)
            yield f"sbom/{architecture}/{name}.cdx.json", bill, 0o644
            packed.append((name, target))
    yield "THIRD_PARTY_LICENSES.txt", licenses_of(packed), 0o644
    for file in output("git", "ls-files", "--", *FILES).splitlines():
        yield file, Path(file).read_bytes(), 0o755 if os.access(file, os.X_OK) else 0o644


def archive(name, files, timestamp):
    """A .tar.gz whose bytes depend on nothing but the arguments."""
    unpacked = io.BytesIO()
    with tarfile.open(fileobj=unpacked, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, data, mode in sorted(files):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mode, entry.mtime = len(data), mode, timestamp
            tar.addfile(entry, io.BytesIO(data))
    # Level 9 takes three times as long, for a hundredth.
    return gzip.compress(unpacked.getvalue(), 6, mtime=0)


def main(programs, build, release):
    timestamp = int(output("git", "log", "-1", "--format=%ct"))
    version = re.search(r'^version = "(.+)"$', Path("Cargo.toml").read_text(), re.MULTILINE)[1]
    release.mkdir(parents=True, exist_ok=True)
    for old in release.iterdir():
        old.unlink()
    sums = []
    for platform in sorted(folder.name for folder in programs.iterdir()):
        name = f"mailproof-{version}-{platform}"
        packed = archive(name, contents(platform, programs, build, timestamp), timestamp)
        (release / f"{name}.tar.gz").write_bytes(packed)
        sums.append(f"{hashlib.sha256(packed).hexdigest()}  {name}.tar.gz\n")
        print(f"{name}.tar.gz  {len(packed) / 1_000_000:.1f} MB")
    (release / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
