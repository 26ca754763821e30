"""Uses the archive of a release for this machine as a person without Rust does.

    check_release.py ARCHIVES SAM...

ARCHIVES is the folder of archives, SAM the command of the SAM CLI. The archive is checked and
unpacked elsewhere. Its functions are deployed on an emulator of AWS, its `admin` makes the key, an
address is verified there, and another one with its `local`. No compiler is on the PATH.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from artefacts import own_architecture
from checks import eventually, expect, run_main
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from emulated_aws import emulated_aws
from emulated_stack import Stack

ARCHIVES, SAM = Path(sys.argv[1]).resolve(), sys.argv[2:]
ARCHITECTURE = own_architecture()

# What the steps of docs/deploy.md need besides the archive.
TOOLS = ["sha256sum", "tar", "gzip"]


def unpack(folder):
    """By the commands of docs/deploy.md. Returns the folder of the archive."""
    (archive,) = ARCHIVES.glob(f"mailproof-*-linux-{ARCHITECTURE}.tar.gz")
    for file in [archive, ARCHIVES / "SHA256SUMS"]:
        shutil.copy(file, folder)
    for command in [
        ["sha256sum", "--check", "--ignore-missing", "SHA256SUMS"],
        ["tar", "-xzf", archive.name],
    ]:
        subprocess.run(command, cwd=folder, check=True)
    return folder / archive.name.removesuffix(".tar.gz")


def without_compiler(folder):
    """A PATH with these tools alone."""
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name))
    os.environ["PATH"] = str(folder)
    expect([shutil.which(name) for name in ["cargo", "rustc", "cc"]], [None] * 3, "compilers")


def has_licenses_and_bills(release):
    text = (release / "THIRD_PARTY_LICENSES.txt").read_text()
    for crate in ["tokio", "aws-sdk-dynamodb", "ring"]:
        expect(f"\n{crate} " in text, True, f"whether the licenses name {crate}")
    for zipped in sorted(release.glob("functions/*/*.zip")):
        bill = release / "sbom" / zipped.parent.name / f"{zipped.stem}.cdx.json"
        expect(names_in(bill) >= {"shared", "aws-sdk-dynamodb"}, True, f"the crates in {bill}")
    expect(names_in(release / "sbom/admin.cdx.json") >= {"clap"}, True, "the crates of admin")
    expect(names_in(release / "sbom/local.cdx.json") >= {"axum"}, True, "the crates of local")


def names_in(bill):
    text = bill.read_text()
    problem = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    expect(problem, None, f"what CycloneDX's schema finds in {bill}")
    return {component["name"] for component in json.loads(text)["components"]}


def deploy(release):
    template = release / "template.yaml"
    if f"functions/{ARCHITECTURE}/" not in template.read_text():
        template = release / f"template-{ARCHITECTURE}.yaml"
    with emulated_aws() as aws:
        stack = Stack(aws, "mailproof", release, SAM, ["./admin"])
        sender = 'Sender="Acme <no-reply@acme.example>"'
        stack.deploy(template.name, 'ProductName="Acme"', sender)
        stack.expect_doctor({"settings": "warning", "alarms.subscription": "warning"})
        key = stack.create_key()
        _, mailed = stack.request_mail(key, "ada@example.com")
        stack.verify_by_link(mailed)
        stack.expect_status("ada@example.com", r"Verified +ada@example\.com")
    print("Verified an address on AWS's emulator")


def call(method, url, body=None, key=None):
    place = urlsplit(url)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    with contextlib.closing(http.client.HTTPConnection(place.netloc, timeout=30)) as connection:
        connection.request(method, place.path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def try_locally(release):
    log = release / "local.log"
    ports = [f"--{name}port=0" for name in ["", "dynamodb-", "inbox-"]]
    with log.open("w") as output:
        process = subprocess.Popen(
            ["./local", *ports, "--api-key", "evk_release"],
            cwd=release,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:

        def addresses():
            said = log.read_text()
            return "Ctrl-C" in said and dict(re.findall(r"^ *(API|Inbox) +(http:\S+)$", said, re.M))

        urls = eventually(addresses, "the addresses of local", process)
        body = {"email": "grace@example.com"}
        path = "/api/users/request_email_verification"
        expect(call("POST", urls["API"] + path, body, "evk_release"), (200, ""), "the request")
        _, mail = call("GET", urls["Inbox"] + "/api/v1/message/latest")
        body["code"] = re.search(r"^\d{6}\r?$", json.loads(mail)["Text"], re.M)[0].strip()
        answer = call("POST", urls["API"] + "/api/users/verify_email", body, "evk_release")
        expect(answer, (200, ""), "the code")
    except Exception:
        print(f"local said:\n{log.read_text()}")
        raise
    finally:
        process.terminate()
        process.wait()
    print("Verified an address with local")


def main():
    with tempfile.TemporaryDirectory() as folder:
        without_compiler(Path(tempfile.mkdtemp(dir=folder)))
        release = unpack(Path(folder))
        has_licenses_and_bills(release)
        for program in ["admin", "local"]:
            said = subprocess.check_output([release / program, "--version"], text=True)
            version = release.name.split("-")[1]
            expect(said.split()[-1], version, f"the version of {program}")
        deploy(release)
        try_locally(release)


if __name__ == "__main__":
    run_main(main)
