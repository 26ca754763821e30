"""Checks the output of `sam build`: sizes, platform, and linked crates.

    check_artefacts.py ARCHITECTURE BUILD

BUILD is the output folder of `sam build` for ARCHITECTURE, which is arm64 or x86_64.
"""

import re
import sys
from pathlib import Path

from artefacts import zipped

# Lambda fetches the zip and maps the bootstrap at each cold start, so each MB costs time. The
# bounds are the size of the biggest function plus a tenth. A bigger function has linked something
# new, such as a second TLS stack or a dependency's default features. If it is worth it, raise the
# bound.
MB = 1_000_000
BOOTSTRAP_BOUND = 6.3 * MB
ZIP_BOUND = 2.9 * MB

# The version of Amazon Linux 2023, on which provided.al2023 is based.
GLIBC = (2, 34)

# The field e_machine of the ELF header, and its values.
MACHINE = slice(18, 20)
MACHINES = {"x86_64": (62).to_bytes(2, "little"), "arm64": (183).to_bytes(2, "little")}

# A source location in a crate, as panics name it. Stripping symbols keeps it.
CRATE = re.compile(rb"/registry/src/[^/]+/([A-Za-z0-9_-]+?)-(\d+\.\d+\.\d+[^/]*)/")
# Other TLS stacks, and aws-lc's entropy source, which slows each cold start.
OTHER_TLS = re.compile(
    rb"aws[-_]lc[-_](?:rs|sys|fips)|AWS-LC|jent_|boring[-_]ssl|BoringSSL|OpenSSL|openssl-sys|native-tls|s2n-tls"
)

# The only functions that send mail, and the only one that publishes events.
SEND_MAIL = {"NotifyPreviousAddressFunction", "RequestEmailVerificationFunction"}
PUBLISHES = "PublishEventsFunction"


def problems_of(function, program, size_of_zip, architecture):
    if program[MACHINE] != MACHINES[architecture]:
        yield f"is not for {architecture}"
    if len(program) > BOOTSTRAP_BOUND:
        yield f"is bigger than {BOOTSTRAP_BOUND / MB:.1f} MB"
    if size_of_zip > ZIP_BOUND:
        yield f"is bigger than {ZIP_BOUND / MB:.1f} MB as a zip"
    if glibc_of(program) > GLIBC:
        yield "needs a newer glibc than that of Amazon Linux 2023"

    crates = {}
    for name, version in CRATE.findall(program):
        crates.setdefault(name.decode(), set()).add(version.decode())
    if len(crates.get("rustls", ())) != 1 or len(crates.get("ring", ())) != 1:
        yield "does not link exactly one rustls and one ring"
    if other := OTHER_TLS.search(program):
        yield f"links another TLS stack: {other[0].decode()}"
    if ("aws-sdk-sesv2" in crates) != (function in SEND_MAIL):
        yield "must link SES if and only if it sends mail"
    if ("aws-sdk-eventbridge" in crates) != (function == PUBLISHES):
        yield "must link EventBridge if and only if it publishes events"


def glibc_of(program):
    """The newest glibc version of all symbols."""
    versions = re.findall(rb"GLIBC_(\d+)\.(\d+)", program)
    return max((int(major), int(minor)) for major, minor in versions)


def main(architecture, build):
    bootstraps = sorted(Path(build).glob("*/bootstrap"))
    if not bootstraps:
        sys.exit(f"There is no bootstrap in {build}.")
    failed = False
    for path in bootstraps:
        function, program = path.parent.name, path.read_bytes()
        size_of_zip = len(zipped(program))
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
