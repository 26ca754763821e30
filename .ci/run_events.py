"""Runs the built functions with every event in events/.

    run_events.py BUILD EMULATOR LOCAL

BUILD is the output folder of `sam build`, EMULATOR is AWS's Lambda Runtime Interface Emulator, and
LOCAL is the program of `cargo run`, for the services behind the functions.

The emulator starts each bootstrap as Lambda does. Each answer must equal the one beside its event,
as in tests/it/events/fixtures.rs. Then the logs are checked: JSON lines, one with the outcome of
each request, no secrets.
"""

import base64
import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from artefacts import function_of
from checks import TIMEOUT, CheckFailed, eventually, free_port, run_main

EVENTS = Path("events")
EXPECTED = ".expected.json"
# Beside the log of a function.
EMULATOR_LOG = ".emulator.log"

# Its events are batches, with a log line for each record.
TAKES_BATCHES = "publish_events"
# It logs nothing of a change that it ignores, and its mails have no proof.
NOTIFIES = "notify_previous_address"

# Lambda's own lines around those of a function.
LAMBDA_LINE = re.compile(r"(?:START|END|REPORT) RequestId: ")

# The namespace of the functions' metrics.
NAMESPACE = "Mailproof/events"

# Without proxies of the environment, which cannot reach this machine's ports.
http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextlib.contextmanager
def running(command, *, environment, output, errors):
    """Runs a program, and ends it with all its children."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # The emulator does not wait for its function, so both are ended here.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(ready, process, log, what):
    """Waits for the start of a process, whose log tells why it failed."""
    try:
        eventually(ready, f"the start of {what}", process)
    except CheckFailed as failure:
        raise CheckFailed(f"{failure}\n{log.read_text()}") from None


@contextlib.contextmanager
def backing_services(program, folder):
    """Starts DynamoDB, SES, EventBridge and the inbox. Yields the environment variables of a
    function."""
    folder.mkdir()
    log, variables = folder / "log", folder / "variables"
    command = [program, "--backing-only", "--dynamodb-port", "0", "--inbox-port", "0"]
    with contextlib.ExitStack() as stack:
        output, errors = (
            stack.enter_context(variables.open("wb")),
            stack.enter_context(log.open("wb")),
        )
        process = stack.enter_context(
            running(command, environment=None, output=output, errors=errors)
        )
        # All variables are written in one go.
        until(lambda: variables.stat().st_size, process, log, "the backing services")
        yield dict(
            shlex.split(line)[0].split("=", 1) for line in variables.read_text().splitlines()
        )


class Function:
    """A running function. It must get one event at a time: two would crash the emulator."""

    def __init__(self, name, port, log):
        self.name, self.log = name, log
        self.url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        # Each event with its answer.
        self.invocations = []

    def invoke(self, event):
        try:
            with http.open(self.url, data=event, timeout=TIMEOUT) as response:
                answer = response.read().decode()
        except urllib.error.HTTPError as error:
            # The emulator's report of a crash.
            answer = error.read().decode()
        except OSError as error:
            raise CheckFailed(f"no answer: {error}") from error
        try:
            answer = json.loads(answer)
        except ValueError:
            raise CheckFailed(f"the answer is not JSON: {answer}") from None
        self.invocations.append((json.loads(event), answer))
        return answer


@contextlib.contextmanager
def function(name, bootstrap, emulator, variables, log):
    """Starts a function as Lambda does: with its settings, without this machine's environment."""
    port, runtime_port = free_port(), free_port()
    environment = variables | {
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "20",
        "METRICS_NAMESPACE": NAMESPACE,
    }
    command = [emulator, "--log-level", "warn"]
    command += ["--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    command += ["--runtime-api-address", f"127.0.0.1:{runtime_port}", bootstrap]

    def listens():
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    # The emulator writes the function's output to standard output, and its own to standard error.
    emulator_log = log.with_suffix(EMULATOR_LOG)
    with contextlib.ExitStack() as stack:
        output, errors = (
            stack.enter_context(log.open("wb")),
            stack.enter_context(emulator_log.open("wb")),
        )
        process = stack.enter_context(
            running(command, environment=environment, output=output, errors=errors)
        )
        until(listens, process, emulator_log, name)
        yield Function(name, port, log)


def is_http(answer):
    return isinstance(answer, dict) and "statusCode" in answer


def summary(answer):
    """The part of an answer that is beside its event: heading and link of a page, status and
    body of another HTTP answer, and all of any other answer."""
    if not is_http(answer):
        return answer
    status, body = answer["statusCode"], answer.get("body") or ""
    try:
        return {"statusCode": status, "body": json.loads(body)}
    except ValueError:
        pass
    headers = answer.get("headers", {}) | {
        name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()
    }
    if headers.get("content-type", "").startswith("text/html"):
        # The app of the local stack is http.
        link = re.search(r' href="(https:[^"]*)"', body)
        more = {"continue": link[1]} if link else {}
        return {"statusCode": status, "heading": heading_of(body)} | more
    return {"statusCode": status, "body": body}


def heading_of(page):
    """The heading of the section that a reader sees."""
    for section in page.split("<section")[1:]:
        if " hidden" not in section.partition(">")[0]:
            heading = re.search(r"<h1[^>]*>(.*?)</h1>", section, re.DOTALL)
            return heading and heading[1].replace("\u2060", "").replace("\u00a0", " ")
    return None


def events_of(name):
    files = sorted((EVENTS / name).glob("*.json"))
    return [file for file in files if not file.name.endswith(EXPECTED)]


def check_answers(function):
    files = events_of(function.name)
    if not files:
        raise CheckFailed(f"there are no events for {function.name}")
    for file in files:
        try:
            answer = summary(function.invoke(file.read_bytes()))
        except CheckFailed as failure:
            raise CheckFailed(f"{file}: {failure}") from None
        expected = json.loads(file.with_name(file.stem + EXPECTED).read_text())
        expected = at_the_time_of(answer, expected)
        if answer != expected:
            raise CheckFailed(
                f"{file}: the answer is\n  {json.dumps(answer, ensure_ascii=False)}\n"
                f"and should be\n  {json.dumps(expected, ensure_ascii=False)}"
            )


def at_the_time_of(answer, expected):
    """The expected answer with the expiry of this one: the clock does not stand still here."""
    body = answer.get("body") if is_http(answer) else None
    expires_at = body.get("expires_at", "") if isinstance(body, dict) else ""
    if not re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", expires_at):
        return expected
    return expected | {"body": {**expected["body"], "expires_at": expires_at}}


def check_log(function, secrets, of_services):
    """One line has the outcome of each invocation, or of each event in a batch. Every line is JSON
    and has no secret."""
    text = function.log.read_text()
    lines = []
    for line in filter(None, text.splitlines()):
        if LAMBDA_LINE.match(line):
            continue
        try:
            lines.append(json.loads(line))
        except ValueError:
            raise CheckFailed(f"{function.name} logs a line that is not JSON: {line}") from None
    outcomes = [line for line in lines if "outcome" in line]
    if function.name == TAKES_BATCHES:
        check_published(function, [line["outcome"] for line in outcomes], of_services.read_text())
    elif len(outcomes) != len(handled := handled_by(function)):
        raise CheckFailed(f"{function.name} logs {len(outcomes)} lines for {len(handled)} events")
    for line, (event, answer) in zip(outcomes, function.invocations):
        if is_http(answer):
            said = line["span"]["request_id"], line["message"], line["status"]
            status = answer["statusCode"]
            verb = "answered" if status < 400 else "refused" if status < 500 else "failed"
            happened = event["requestContext"]["requestId"], f"request {verb}", status
            if said != happened:
                raise CheckFailed(f"{function.name} logs {said} of {happened}")
    # The metrics have the namespace, and a timestamp in milliseconds.
    for metrics in (line["_aws"] for line in lines if "_aws" in line):
        spaces = {definition["Namespace"] for definition in metrics["CloudWatchMetrics"]}
        if spaces != {NAMESPACE} or len(str(metrics["Timestamp"])) != 13:
            raise CheckFailed(f"{function.name} counts into {spaces} at {metrics['Timestamp']}")
    for what, pattern in secrets.items():
        if found := pattern.search(text):
            line = next(line for line in text.splitlines() if pattern.search(line))
            raise CheckFailed(f"{function.name} logs {what}, {found[0]}: {line}")


def handled_by(function):
    """The invocations of which the function logs a line."""
    return [pair for pair in function.invocations if pair[1] != {"outcomes": ["ignored"]}]


def check_published(function, outcomes, services):
    """Events that are logged as published are on the bus; those logged as failed are in the
    answers."""
    answers = [answer.get("batchItemFailures", []) for _, answer in function.invocations]
    happened = {"published": services.count(" EVENT "), "failed": sum(map(len, answers))}
    said = {outcome: outcomes.count(outcome) for outcome in {*happened, *outcomes}}
    if said != happened or not all(happened.values()):
        raise CheckFailed(f"{function.name} logs {said} of {happened}")


def secrets_of(inbox, function):
    """The secrets of the events and the mails, and a pattern of unmasked addresses."""
    words = set()
    for event, _ in function.invocations:
        words |= secrets_in(event)
    mails = fetch(f"{inbox}/api/v1/messages?limit=500")["messages"]
    for mail in mails:
        text = fetch(f"{inbox}/api/v1/message/{mail['ID']}")["Text"]
        proofs = (
            re.findall(r"\?user=[0-9a-f-]{36}(?:&[^#\s]*)?#([\w-]{43})(?![\w-])", text),
            re.findall(r"\b\d{6}\b", text),
        )
        if not all(proofs) and function.name != NOTIFIES:
            raise CheckFailed(f"no link or no code was found in a mail:\n{text}")
        words.update(*proofs)
    # A mask leaves the first letter: a***@e***.com.
    patterns = {"an address": re.compile(r"[^\s\"]*(?<!\*\*\*)@[^\s\"]*")}
    if words:
        # As whole words: the six digits of a code occur within other numbers and ids.
        alternatives = "|".join(re.escape(word) for word in sorted(words))
        patterns["a secret"] = re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])")
    return len(words), patterns


SECRET_FIELDS = {"code", "current_password", "password", "personal_api_key", "token"}


def secrets_in(event):
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    found = {headers.get("authorization", "").rpartition(" ")[2]}
    query = event.get("rawQueryString") or urllib.parse.urlencode(
        event.get("queryStringParameters") or {}
    )
    fields = urllib.parse.parse_qsl(query)
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        with contextlib.suppress(ValueError):
            body = base64.b64decode(body, validate=True).decode()
    try:
        content = json.loads(body)
        fields += content.items() if isinstance(content, dict) else []
    except ValueError:
        fields += urllib.parse.parse_qsl(body)
    found |= {str(value).strip() for name, value in fields if name in SECRET_FIELDS}
    # Shorter values are malformed, and may occur as ordinary words.
    return {secret for secret in found if len(secret) >= 6}


def fetch(url):
    with http.open(url, timeout=TIMEOUT) as response:
        return json.load(response)


def functions_in(build):
    """The bootstraps by the functions' names, such as verify_email for VerifyEmailFunction."""
    bootstraps = {}
    for bootstrap in build.glob("*Function/bootstrap"):
        bootstraps[function_of(bootstrap.parent.name)] = bootstrap.resolve()
    folders = {folder.name for folder in EVENTS.iterdir() if folder.is_dir()}
    if bootstraps.keys() != folders:
        raise CheckFailed(f"events/ has {sorted(folders)}, and {build} has {sorted(bootstraps)}")
    return bootstraps


def run(name, bootstrap, emulator, program, folder):
    """Runs a function on a table of its own."""
    with contextlib.ExitStack() as stack:
        variables = stack.enter_context(backing_services(program, folder))
        inbox = variables["AWS_ENDPOINT_URL_SESV2"]
        log = folder / f"{name}.log"
        with function(name, bootstrap, emulator, variables, log) as started:
            try:
                check_answers(started)
            except CheckFailed as failure:
                said = log.read_text() + log.with_suffix(EMULATOR_LOG).read_text()
                raise CheckFailed(f"{failure}\n\nThe log of {name}:\n{said}") from None
        # The function has ended, so its log is complete.
        count, secrets = secrets_of(inbox, started)
        check_log(started, secrets, folder / "log")
        print(f"{name}: {len(started.invocations)} events answered as expected.")
        print(f"  Its log has no address and none of {count} secrets.")


def main(build, emulator, program):
    # On SIGTERM too, all started programs are ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="mailproof-events-") as folder:
        for name, bootstrap in sorted(functions_in(Path(build)).items()):
            run(name, bootstrap, emulator, program, Path(folder, name))


if __name__ == "__main__":
    run_main(main, *map(os.path.abspath, sys.argv[1:4]))
