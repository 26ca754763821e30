"""Puts every command for the AWS CLI that the docs show to the AWS CLI, which must find nothing wrong with it.

    check_commands.py FILE...

bash reads the commands of a file, one block after the other, where there is no program but an `aws` that notes
what it is called with. The AWS CLI gets each of these calls, checks it, and would then send it to AWS; here it is
told instead that AWS says no. The programs in docs/operations are left to run_operations.py.
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


# What commands in the docs are made of.
FUNCTIONS = Path("docs/operations/functions.sh").resolve()

FENCED = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)


def blocks(text):
    """The commands in a document: indented, or in the middle of a sentence."""
    # Without what is fenced, and each thing where it was.
    text = FENCED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    indented = re.compile(r"(?<=\n\n)(?: {4,}\S.*\n|\n(?= {4,}\S))+")
    found = [(match.start(), match[0]) for match in indented.finditer(text)]
    text = indented.sub(lambda match: "\n" * len(match[0]), text)
    sentences = re.finditer(r"(?<!`)`(aws [^`]*)`", text)
    sentences = [(match.start(), " ".join(match[1].split())) for match in sentences]
    for _, block in sorted(found + sentences):
        yield textwrap.dedent(block)


def calls_in(text):
    """What `aws` is called with, each once."""
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
            # No loop goes round twice: what it waits for does not come.
            (folder / f"block{number}").write_text(re.sub(r"\bdone\b", "break; done", block))
            script += f"source ./block{number}\n"
        subprocess.run(
            [which("bash"), "-c", script],
            cwd=folder,
            env={"PATH": str(programs), "STACK": "mailproof"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Nothing but `aws` and `date` is found, and it says so.
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        lines = (folder / "calls").read_text().splitlines()
    # What came from a program that is not there is empty; what a reader has to fill in is an ellipsis.
    calls = [json.loads(line) for line in dict.fromkeys(lines)]
    return [[word.replace("…", ANSWER) or ANSWER for word in call] for call in calls]


def complaint(call):
    """What the AWS CLI finds wrong with a call."""
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
            # Its way out of arguments that it does not know.
            pass
    return None if sent else said.getvalue().strip()


class Raw:
    """The body of an answer, as botocore wants it."""

    def __init__(self, body):
        self.body = body

    def stream(self, *_, **__):
        yield self.body


# An account that there is not.
os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
os.environ.pop("AWS_PROFILE", None)

wrong = []
for file in sys.argv[1:]:
    text = Path(file).read_text()
    calls = calls_in(text)
    print(f"{file}: {len(calls)} different calls")
    # So that none is missed for standing in a place where it is not looked for.
    shown = set(re.findall(r"\baws ([a-z0-9]+) +([a-z][a-z-]+)", FENCED.sub("", text)))
    for missed in shown - {tuple(call[:2]) for call in calls}:
        wrong.append(f"{file}: aws {' '.join(missed)} stands there, and was not called")
    for call in calls:
        if said := complaint(call):
            wrong.append(f"{file}: aws {' '.join(call)}\n{textwrap.indent(said, '    ')}")
sys.exit("\n".join(wrong) or None)
