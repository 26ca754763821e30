"""Checks every AWS CLI command in the docs with the AWS CLI.

    check_commands.py FILE...

bash runs the code blocks of a file in order. The only programs on its PATH are `date` and an `aws`
that records its arguments. The AWS CLI then validates each recorded call; a hook refuses the
request to AWS. run_operations.py checks the programs in docs/operations.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import which

from awscli.clidriver import create_clidriver
from botocore.awsrequest import AWSResponse

ANSWER = "an-answer-of-AWS-that-is-long-enough-for-an-identifier"

AWS = f"""#!{sys.executable}
import json, sys
with open("calls", "a") as calls:
    print(json.dumps(sys.argv[1:]), file=calls)
print("{ANSWER}")
"""


# Shell functions that the commands use.
FUNCTIONS = Path("docs/operations/functions.sh").resolve()

FENCED = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)


def blocks(text):
    """The commands in a document: indented blocks, and inline code."""
    # Fenced blocks become spaces, so that all positions stay the same.
    text = FENCED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    indented = re.compile(r"(?<=\n\n)(?: {4,}\S.*\n|\n(?= {4,}\S))+")
    found = [(match.start(), match[0]) for match in indented.finditer(text)]
    text = indented.sub(lambda match: "\n" * len(match[0]), text)
    sentences = re.finditer(r"(?<!`)`(aws [^`]*)`", text)
    sentences = [(match.start(), " ".join(match[1].split())) for match in sentences]
    for _, block in sorted(found + sentences):
        yield textwrap.dedent(block)


def calls_in(text):
    """The arguments of each different call of `aws`."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        programs = folder / "programs"
        programs.mkdir()
        (folder / "calls").touch()
        (programs / "aws").write_text(AWS)
        (programs / "aws").chmod(0o755)
        (programs / "date").symlink_to(which("date"))
        script = f"source {FUNCTIONS}\n"
        for number, block in enumerate(blocks(text)):
            # Each loop runs once, since the state that it waits for never comes.
            (folder / f"block{number}").write_text(re.sub(r"\bdone\b", "break; done", block))
            script += f"source ./block{number}\n"
        subprocess.run(
            [which("bash"), "-c", script],
            cwd=folder,
            env={"PATH": str(programs), "STACK": "mailproof"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # bash reports each program that it does not find.
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        lines = (folder / "calls").read_text().splitlines()
    # The output of a missing program is empty; a value that a reader fills in is an ellipsis.
    calls = [json.loads(line) for line in dict.fromkeys(lines)]
    return [[word.replace("…", ANSWER) or ANSWER for word in call] for call in calls]


def complaint(call):
    """The AWS CLI's error for a call, or None."""
    driver = create_clidriver()
    sent = []

    def refuse(request, **_):
        sent.append(request.url)
        body = b'{"__type": "RefusedHere"}'
        return AWSResponse(request.url, 400, {"x-amzn-errortype": "RefusedHere"}, Raw(body))

    driver.session.register("before-send", refuse)
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            driver.main([re.sub(r"^file://.*", "{}", word) for word in call])
        except SystemExit:
            # Raised for unknown arguments.
            pass
    return None if sent else said.getvalue().strip()


class Raw:
    """The body of a response, as botocore reads it."""

    def __init__(self, body):
        self.body = body

    def stream(self, *_, **__):
        yield self.body


# Credentials of no account.
os.environ |= {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}
os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
os.environ.pop("AWS_PROFILE", None)

wrong = []
for file in sys.argv[1:]:
    text = Path(file).read_text()
    calls = calls_in(text)
    print(f"{file}: {len(calls)} different calls")
    # Each command in the text must be among the calls.
    shown = set(re.findall(r"\baws ([a-z0-9]+) +([a-z][a-z-]+)", FENCED.sub("", text)))
    for missed in shown - {tuple(call[:2]) for call in calls}:
        wrong.append(f"{file}: aws {' '.join(missed)} is in the text, but was not called")
    for call in calls:
        if said := complaint(call):
            wrong.append(f"{file}: aws {' '.join(call)}\n{textwrap.indent(said, '    ')}")
sys.exit("\n".join(wrong) or None)
