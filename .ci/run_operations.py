"""Runs the programs that docs/operate.md gives to whoever looks after the service, as they stand there.

    run_operations.py BUILD EMULATOR LOCAL

The arguments are those of run_events.py. The interpreter's own folder has the AWS CLI, and its packages boto3.

The AWS CLI, boto3 and jq are real ones. So is the table with its stream, as far as the emulator of `cargo run`
goes, and the function, which runs as it is deployed. The queues and the bus are made up here.
"""

import contextlib
import hashlib
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import urllib.parse
from pathlib import Path

import boto3
import botocore.config
from run_events import EVENTS, PATIENCE, Wrong, backing_services, function, functions_in

GUIDE = Path("docs/operate.md").read_text()
TEMPLATE = Path("template.yaml").read_text()

# What the guide's own two functions would look up in a stack.
OUTPUTS = {
    "DeadLetterQueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/dead_letters",
    "UnpublishedEventsQueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/unpublished",
    "EventBus": "the_bus",
}
FUNCTION = "mailproof-record_mail_events"

# What Lambda says of a function that failed.
FAULT = {"errorType": "Error", "errorMessage": "the table does not answer"}
PRELUDE = f"""
set -euo pipefail
output() {{ case $1 in
{"".join(f"  {name}) echo {value};;{chr(10)}" for name, value in OUTPUTS.items())}  *) exit 1;;
esac; }}
# Of SQS alone it does not ask the environment where it is.
aws() {{ if [[ $1 == sqs ]]; then command aws "$@" --endpoint-url "$AWS_ENDPOINT_URL"; else command aws "$@"; fi; }}
resource() {{ [[ $1 == RecordMailEventsFunction ]] && echo {FUNCTION}; }}
"""


def expect(found, expected, what):
    if found != expected:
        raise Wrong(f"{what}: found\n  {found}\nand expected\n  {expected}")


def program(name):
    """A block of the guide that has a name, which stands behind its language."""
    found = re.search(rf"^( *)```\w+ {re.escape(name)}\n(.*?)^\1```$", GUIDE, re.DOTALL | re.MULTILINE)
    if not found:
        raise Wrong(f"docs/operate.md has no {name}")
    return textwrap.dedent(found[2]), GUIDE[found.end() :]


def commands_after(text):
    """The first commands in a text that stand there without a name, indented."""
    return textwrap.dedent(re.search(r"\n\n((?:    +\S.*\n)+)\n", text)[1])


class Queue:
    """A queue that shows each message once, which is what one does within its visibility timeout."""

    def __init__(self, *bodies):
        self.waiting = [json.dumps(body) for body in bodies]
        self.shown = {}

    def receive(self):
        if not self.waiting:
            return {}
        body = self.waiting.pop(0)
        handle = f"handle-{len(self.shown)}"
        self.shown[handle] = body
        digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        message = {"MessageId": handle, "ReceiptHandle": handle, "MD5OfBody": digest, "Body": body}
        return {"Messages": [message]}

    def left(self):
        return [json.loads(body) for body in [*self.waiting, *self.shown.values()]]


class Aws(http.server.ThreadingHTTPServer):
    """SQS, EventBridge and Lambda, as far as the programs call them."""

    def __init__(self, function):
        super().__init__(("127.0.0.1", 0), Handler)
        self.function = function
        self.queues, self.published, self.broken = {}, [], set()

    def call(self, action, body):
        if action == "PutEvents":
            self.published += body["Entries"]
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "id"} for _ in body["Entries"]]}
        queue = self.queues[body["QueueUrl"].rpartition("/")[2]]
        if action == "ReceiveMessage":
            return queue.receive()
        if action == "DeleteMessage":
            del queue.shown[body["ReceiptHandle"]]
            return {}
        raise Wrong(f"nobody made up {action}")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        target = self.headers.get("x-amz-target", "")
        failed = None
        if target:
            answer = self.server.call(target.rpartition(".")[2], json.loads(body))
        else:
            expected = f"/2015-03-31/functions/{FUNCTION}:live/invocations"
            expect(urllib.parse.unquote(self.path), expected, "the function that is called")
            event = json.loads(body)
            if event["id"] in self.server.broken:
                failed, answer = "Unhandled", FAULT
            else:
                answer = self.server.function.invoke(body)
        answer = json.dumps(answer).encode()
        self.send_response(200)
        if failed:
            self.send_header("X-Amz-Function-Error", failed)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Shell:
    """Where the programs run: a folder of their own, and an AWS CLI that finds what is made up here."""

    def __init__(self, folder, aws, variables):
        self.folder = folder
        folder.mkdir()
        made_up = f"http://127.0.0.1:{aws.server_port}"
        table = variables["AWS_ENDPOINT_URL_DYNAMODB"]
        self.environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder),
            "NO_PROXY": "127.0.0.1",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": made_up,
            "AWS_ENDPOINT_URL_DYNAMODB": table,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": table,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.table = variables["TABLE_NAME"]
        session = boto3.session.Session("none", "none", region_name="us-east-1")
        self.dynamodb = session.client("dynamodb", endpoint_url=table)
        # The emulator's shards have shorter names than AWS's, and both clients would refuse them.
        unchecked = botocore.config.Config(parameter_validation=False)
        self.streams = session.client("dynamodbstreams", endpoint_url=table, config=unchecked)
        self.unchecked = folder.with_suffix(".config")
        self.unchecked.write_text("[default]\nparameter_validation = false\n")

    def run(self, command, *arguments):
        done = subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 4,
        )
        if done.returncode or done.stderr:
            raise Wrong(f"{done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def bash(self, script):
        return self.run(["bash", "-c", PRELUDE + script])

    def bash_unchecked(self, script):
        return self.run(["env", f"AWS_CONFIG_FILE={self.unchecked}", "bash", "-c", PRELUDE + script])

    def items(self, table):
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        return [item for page in pages for item in page["Items"]]

    def left_behind(self):
        return sorted(path.name for path in self.folder.iterdir() if path.name != ".aws")


def event(function, name):
    return json.loads((EVENTS / function / f"{name}.json").read_text())


def check_redrive(shell, aws):
    """What the function takes leaves the queue, from whomever the message came; what fails stays there."""
    names = ("bounced", "complained", "delivered")
    bounced, complained, broken = (event("record_mail_events", name) for name in names)
    aws.broken = {broken["id"]}
    envelope = {
        "version": "1.0",
        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": complained,
        "responsePayload": FAULT,
    }
    aws.queues["dead_letters"] = Queue(bounced, broken, envelope)
    script, _ = program("redrive.sh")
    answers = [json.loads(line) for line in shell.bash(script).splitlines()]
    recorded = {"outcome": "recorded"}
    expect([answers[0], answers[2]], [recorded, recorded], "the answers of the function")
    expect("errorMessage" in answers[1], True, "the error is shown")
    expect(aws.queues["dead_letters"].left(), [broken], "what is left in the queue")
    expect(shell.left_behind(), [], "files that redrive.sh leaves")
    print("redrive.sh: 3 messages, of which the one that failed has stayed")


def stream_records(shell):
    arn = shell.streams.list_streams(TableName=shell.table)["Streams"][0]["StreamArn"]
    shards = shell.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    (shard,) = (each["ShardId"] for each in shards)
    iterator = shell.streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = []
    while page := (answer := shell.streams.get_records(ShardIterator=iterator))["Records"]:
        records += page
        iterator = answer["NextShardIterator"]
    return arn, shard, records


def events_of(record):
    """What the template's two pipes make of a change, by another way than theirs: what is new in the item."""
    old, new = (record["dynamodb"].get(image, {}) for image in ("OldImage", "NewImage"))
    found = []
    if "verified_at" in new and "verified_at" not in old:
        found.append(("Email Verified", new["user_id"], new["verified_email"], new["verified_at"]))
    if "suppression" in new and "suppression" not in old:
        told = new["suppression"]["M"]
        found.append(("Email Undeliverable", told["email"], told["reason"], told["at"]))
    around = {"id": record["eventID"], "stage": "prod"}
    return [
        (kind, around | dict(zip(FIELDS[kind], (value["S"] for value in values)))) for kind, *values in found
    ]


def check_republish(shell, aws, verify):
    """What the pipes would have put on the bus is put there: of the changes in the note, and of no others."""
    expect(verify.invoke(json.dumps(event("verify_email", "code")).encode())["statusCode"], 200, "the answer")
    arn, shard, records = stream_records(shell)
    # From the first change that is an event to the last one, which are those that must not be missed.
    changes = [number for number, record in enumerate(records) if events_of(record)]
    records = records[changes[0] : changes[-1] + 1]
    later = json.dumps(event("record_mail_events", "on_suppression_list")).encode()
    expect(aws.function.invoke(later), {"outcome": "recorded"}, "the answer")
    places = [record["dynamodb"]["SequenceNumber"] for record in records]
    expect(len(stream_records(shell)[2]) > len(places), True, "there is a change after those of the note")
    aws.queues["unpublished"] = Queue(
        {
            "context": {"partnerResourceArn": "arn:aws:pipes:us-east-1:123456789012:pipe/any", "condition": "any"},
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": places[0],
                "endSequenceNumber": places[-1],
                "batchSize": len(places),
                "streamArn": arn,
            },
        }
    )
    script, rest = program("republish.sh")
    shell.bash_unchecked(script + commands_after(rest))

    expected = [event for record in records for event in events_of(record)]
    expect(
        [(entry["DetailType"], json.loads(entry["Detail"])) for entry in aws.published], expected, "the events"
    )
    kinds = sorted(kind for kind, _ in expected)
    expect(kinds, ["Email Undeliverable", "Email Undeliverable", "Email Verified"], "their kinds")
    around = {(entry["Source"], entry["EventBusName"]) for entry in aws.published}
    expect(around, {("mailproof", OUTPUTS["EventBus"])}, "source and bus")
    expect(FIELDS, pipes_of_the_template(), "the fields of each kind of event in template.yaml")
    expect(aws.queues["unpublished"].left(), [], "what is left in the queue")
    expect(shell.left_behind(), [], "files that republish.sh leaves")
    print(f"republish.sh: {len(expected)} events of {len(records)} changes")


# In the order of `events_of`.
FIELDS = {
    "Email Verified": ["uuid", "email", "verified_at"],
    "Email Undeliverable": ["email", "reason", "occurred_at"],
}


def pipes_of_the_template():
    """What each pipe puts into its events, beside `id` and `stage`."""
    pipes = re.findall(r"DetailType: (.+)\n(?: +\S.*\n)*? +InputTemplate: !Sub \|-\n((?: +.*\n)+)", TEMPLATE)
    fields = {kind: list(json.loads(text)) for kind, text in pipes}
    return {kind: [name for name in names if name not in ("id", "stage")] for kind, names in fields.items()}


def check_copy_missing(shell):
    """What is missing is copied, nothing is overwritten, and what has expired stays away."""
    description = shell.dynamodb.describe_table(TableName=shell.table)["Table"]
    shell.dynamodb.create_table(
        TableName="restored",
        KeySchema=description["KeySchema"],
        AttributeDefinitions=description["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
    )
    key = description["KeySchema"][0]["AttributeName"]
    before = {item[key]["S"]: item for item in shell.items(shell.table)}
    there = sorted(before)[0]
    stale = {key: {"S": there}, "stale": {"BOOL": True}}
    gone = [{key: {"S": f"gone-{number}"}, "number": {"N": str(number)}} for number in range(3)]
    gone[0]["expires_at"] = {"N": "4102444800"}
    expired = {key: {"S": "expired"}, "expires_at": {"N": "1"}}
    for item in [stale, expired, *gone]:
        shell.dynamodb.put_item(TableName="restored", Item=item)
    script, _ = program("copy_missing.py")
    for copied, already in ((3, 1), (0, 4)):
        said = shell.run([sys.executable, "-c", script, "restored", shell.table])
        expect(said, f"{copied} copied, {already} were there, 1 had expired\n", "what copy_missing.py says")
        after = {item[key]["S"]: item for item in shell.items(shell.table)}
        expect(after, before | {item[key]["S"]: item for item in gone}, "the table")
    print("copy_missing.py: 3 of 5 items were missing and are back")


def main(build, emulator, program):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bootstraps = functions_in(Path(build))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailproof-operations-")))
        variables = stack.enter_context(backing_services(program, folder / "services"))
        record, verify = (
            stack.enter_context(function(name, bootstraps[name], emulator, variables, folder / f"{name}.log"))
            for name in ("record_mail_events", "verify_email")
        )
        aws = stack.enter_context(Aws(record))
        threading.Thread(target=aws.serve_forever, daemon=True).start()
        shell = Shell(folder / "shell", aws, variables)
        check_redrive(shell, aws)
        check_republish(shell, aws, verify)
        check_copy_missing(shell)
        aws.shutdown()


if __name__ == "__main__":
    try:
        main(*(os.path.abspath(argument) for argument in sys.argv[1:4]))
    except Wrong as wrong:
        sys.exit(str(wrong))
