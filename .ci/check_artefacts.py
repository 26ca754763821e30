"""Looks at what `sam build` made: how big it is, where it runs, and what is linked into it.

    check_artefacts.py ARCHITECTURE BUILD

BUILD is the folder that `sam build` made for ARCHITECTURE, which is arm64 or x86_64.
"""

import io
import re
import sys
import zipfile
from pathlib import Path

# Lambda fetches the zip and maps the bootstrap whenever it starts a sandbox, so each MB is a part of every
# cold start. The bounds are what the biggest function needs today and a tenth more. Whoever passes them has
# linked something in, such as a second TLS stack or a dependency's default features. If it is worth it, they
# move.
MB = 1_000_000
BOOTSTRAP_BOUND = 7.7 * MB
ZIP_BOUND = 3.4 * MB

# Of Amazon Linux 2023, which provided.al2023 is.
GLIBC = (2, 34)

# Where the ELF header says for which processor a program is, and how it says it.
MACHINE = slice(18, 20)
MACHINES = {"x86_64": (62).to_bytes(2, "little"), "arm64": (183).to_bytes(2, "little")}

# A place in the source of a crate, as panics name it. The names stay when symbols are stripped.
CRATE = re.compile(rb"/registry/src/[^/]+/([A-Za-z0-9_-]+?)-(\d+\.\d+\.\d+[^/]*)/")
# Everything else that does TLS, and what aws-lc gathers entropy with at each cold start.
OTHER_TLS = re.compile(rb"aws[-_]lc[-_](?:rs|sys|fips)|AWS-LC|jent_|boring[-_]ssl|BoringSSL|OpenSSL|openssl-sys|native-tls|s2n-tls")

# The only function that sends mail, and the only one that publishes events.
SENDS_MAIL = "RequestEmailVerificationFunction"
PUBLISHES = "PublishEventsFunction"


def problems_of(function, program, size_of_zip, architecture):
    if program[MACHINE] != MACHINES[architecture]:
        yield f"is not for {architecture}"
    if len(program) > BOOTSTRAP_BOUND:
        yield f"is bigger than {BOOTSTRAP_BOUND / MB:.1f} MB"
    if size_of_zip > ZIP_BOUND:
        yield f"is bigger than {ZIP_BOUND / MB:.1f} MB as a zip"
    if glibc_of(program) > GLIBC:
        yield "needs a newer glibc than Amazon Linux 2023 has"

    crates = {}
    for name, version in CRATE.findall(program):
        crates.setdefault(name.decode(), set()).add(version.decode())
    if len(crates.get("rustls", ())) != 1 or len(crates.get("ring", ())) != 1:
        yield "does not have one rustls and one ring"
    if other := OTHER_TLS.search(program):
        yield f"has another TLS stack: {other[0].decode()}"
    if ("aws-sdk-sesv2" in crates) != (function == SENDS_MAIL):
        yield "links SES, which only the function that sends mail does"
    if ("aws-sdk-eventbridge" in crates) != (function == PUBLISHES):
        yield "links EventBridge, which only the function that publishes events does"


def glibc_of(program):
    """The newest glibc that a symbol is taken from."""
    versions = re.findall(rb"GLIBC_(\d+)\.(\d+)", program)
    return max((int(major), int(minor)) for major, minor in versions)


def zipped(program):
    """As SAM packs it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr("bootstrap", program)
    return len(archive.getvalue())


def main(architecture, build):
    bootstraps = sorted(Path(build).glob("*/bootstrap"))
    if not bootstraps:
        sys.exit(f"There is no bootstrap in {build}.")
    failed = False
    for path in bootstraps:
        function, program = path.parent.name, path.read_bytes()
        size_of_zip = zipped(program)
        major, minor = glibc_of(program)
        print(
            f"{function:<34} {architecture:<6}  bootstrap {len(program) / MB:.2f} MB"
            f"  zip {size_of_zip / MB:.2f} MB  glibc {major}.{minor}"
        )
        for problem in problems_of(function, program, size_of_zip, architecture):
            failed = True
            print(f"{function} {problem}.", file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
