"""The functions as `sam build` makes them: architectures, names and zips."""

import io
import platform
import re
import zipfile

# Lambda's name of each architecture, the default of template.yaml first, and Rust's target.
ARCHITECTURES = {
    "arm64": "aarch64-unknown-linux-gnu",
    "x86_64": "x86_64-unknown-linux-gnu",
}


def own_architecture():
    """Lambda's name of this machine's processor."""
    return platform.machine().replace("aarch64", "arm64")


def resource_of(function):
    """VerifyEmailFunction for verify_email: the resource, after which SAM names the folder."""
    return "".join(word.capitalize() for word in function.split("_")) + "Function"


def function_of(resource):
    """The reverse."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", resource.removesuffix("Function")).lower()


def zipped(program, level=None):
    """The zip that Lambda wants, whose bytes depend on the program and the level alone."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        entry = zipfile.ZipInfo("bootstrap")  # of 1980, as without a date
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100755 << 16
        content.writestr(entry, program, compresslevel=level)
    return archive.getvalue()
