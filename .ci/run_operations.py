"""Tests the programs in docs/operations.

    run_operations.py BUILD EMULATOR LOCAL

The arguments are those of run_events.py. The interpreter has boto3.

boto3 and the built functions are real, and the table and its stream are those of `cargo run`. The
queues, the bus, the secret and the logs are a stub of their protocol.
"""

import contextlib
import hashlib
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from pathlib import Path

import boto3
import botocore.config
from checks import TIMEOUT, CheckFailed, expect, run_main
from run_events import EVENTS, backing_services, function, functions_in

PROGRAMS = Path("docs/operations").resolve()

# Lambda's answer for a failed function.
FAULT = {"errorType": "Error", "errorMessage": "the table does not answer"}


class Queue:
    """A queue that shows each message once, and the rest again, as after the visibility timeout."""

    def __init__(self, *bodies):
        self.waiting = [
            (f"message-{number}", json.dumps(body)) for number, body in enumerate(bodies)
        ]
        self.shown, self.is_second_time = {}, False

    def receive(self):
        if not self.waiting and not self.is_second_time:
            self.waiting, self.is_second_time = list(self.shown.items()), True
        if not self.waiting:
            return {}
        name, body = self.waiting.pop(0)
        self.shown[name] = body
        digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        return {
            "Messages": [
                {"MessageId": name, "ReceiptHandle": name, "MD5OfBody": digest, "Body": body}
            ]
        }

    def left(self):
        return [json.loads(body) for body in [*dict(self.waiting).values(), *self.shown.values()]]


class Aws(http.server.ThreadingHTTPServer):
    """The used parts of SQS, EventBridge, Lambda, Secrets Manager and CloudWatch Logs."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.functions, self.broken = {}, set()
        self.queue, self.published, self.bus_is_there = None, [], True
        self.secret = None
        self.log_groups, self.queries, self.query_states = [], [], []

    def call(self, action, body):
        return getattr(self, action)(body)

    def ReceiveMessage(self, _):
        return self.queue.receive()

    def DeleteMessage(self, body):
        del self.queue.shown[body["ReceiptHandle"]]
        return {}

    def PutEvents(self, body):
        if not self.bus_is_there:
            refused = [
                {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
                for _ in body["Entries"]
            ]
            return {"FailedEntryCount": len(refused), "Entries": refused}
        self.published += body["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "id"} for _ in body["Entries"]]}

    def GetSecretValue(self, _):
        return {"SecretString": self.secret}

    def PutSecretValue(self, body):
        self.secret = body["SecretString"]
        return {"VersionId": body["ClientRequestToken"]}

    def DescribeLogGroups(self, body):
        prefix = body["logGroupNamePrefix"]
        return {
            "logGroups": [
                {"logGroupName": name} for name in self.log_groups if name.startswith(prefix)
            ]
        }

    def StartQuery(self, body):
        self.queries.append(body)
        return {"queryId": "query"}

    def GetQueryResults(self, _):
        row = [
            {"field": "message", "value": "request failed"},
            {"field": "@ptr", "value": "pointer"},
        ]
        return {"status": self.query_states.pop(0), "results": [row]}

    def invoke(self, name, event):
        if json.loads(event).get("id") in self.broken:
            return FAULT
        return self.functions[name].invoke(event)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if target := self.headers.get("x-amz-target"):
            answer = self.server.call(target.rpartition(".")[2], json.loads(body))
        else:
            name = (
                urllib.parse.unquote(self.path)
                .removeprefix("/2015-03-31/functions/")
                .removesuffix("/invocations")
            )
            answer = self.server.invoke(name, body)
        text = json.dumps(answer).encode()
        self.send_response(200)
        if answer is FAULT:
            self.send_header("X-Amz-Function-Error", "Unhandled")
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Operator:
    """Runs the programs, with the emulated table and the stub for all other services."""

    def __init__(self, folder, url, variables):
        self.table, self.ran = variables["TABLE_NAME"], set()
        table = variables["AWS_ENDPOINT_URL_DYNAMODB"]
        # boto3 would refuse the names of the emulator's shards, which are shorter than AWS's.
        self.unchecked = folder / "config"
        self.unchecked.write_text("[default]\nparameter_validation = false\n")
        self.environment = {
            "NO_PROXY": "127.0.0.1",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_ENDPOINT_URL": url,
            "AWS_ENDPOINT_URL_DYNAMODB": table,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": table,
        }
        session = boto3.session.Session("none", "none", region_name="us-east-1")
        self.dynamodb = session.client("dynamodb", endpoint_url=table)
        unchecked = botocore.config.Config(parameter_validation=False)
        self.streams = session.client("dynamodbstreams", endpoint_url=table, config=unchecked)

    def run(self, program, *arguments, status=0, config=os.devnull):
        self.ran.add(program)
        done = subprocess.run(
            [sys.executable, PROGRAMS / program, *arguments],
            env=self.environment | {"AWS_CONFIG_FILE": str(config)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT * 4,
        )
        if done.returncode != status:
            raise CheckFailed(f"{program} ended with {done.returncode}: {done.stdout}")
        return done.stdout.splitlines()

    def items(self):
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        return {item["pk"]["S"]: item for page in pages for item in page["Items"]}

    def stream(self):
        """The table's stream, its shard, and all changes."""
        arn = self.streams.list_streams(TableName=self.table)["Streams"][0]["StreamArn"]
        (shard,) = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        place = {"StreamArn": arn, "ShardId": shard["ShardId"]}
        answer = self.streams.get_shard_iterator(**place, ShardIteratorType="TRIM_HORIZON")
        iterator, changes = answer["ShardIterator"], []
        while page := (answer := self.streams.get_records(ShardIterator=iterator))["Records"]:
            changes += page
            iterator = answer["NextShardIterator"]
        return arn, shard["ShardId"], changes


def event(function, name):
    return json.loads((EVENTS / function / f"{name}.json").read_text())


def check_redrive(operator, aws):
    """Accepted events leave the queue, from EventBridge and Lambda alike. Failed ones stay."""
    names = ("bounced", "complained", "delivered")
    bounced, complained, broken = (event("record_mail_events", name) for name in names)
    aws.broken = {broken["id"]}
    wrapped = {
        "version": "1.0",
        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": complained,
        "responsePayload": FAULT,
    }
    aws.queue = Queue(bounced, broken, wrapped, {"no": "event"})
    said = operator.run(
        "redrive_mail_events.py", f"{aws.url}/1/queue", "record_mail_events", status=1
    )
    expect(
        [said[0], said[2], said[4]],
        ["message-0 recorded", "message-2 recorded", "2 done, 2 failed"],
        "the output",
    )
    expect(FAULT["errorMessage"] in said[1], True, "the error is shown")
    expect(said[3], "message-3 failed: the message has no event", "the output")
    expect(aws.queue.left(), [broken, {"no": "event"}], "what is left in the queue")


def unpublished(arn, shard, changes):
    """Lambda's message for a batch that it gave up."""
    places = [change["dynamodb"]["SequenceNumber"] for change in changes]
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": places[0],
            "endSequenceNumber": places[-1],
            "batchSize": len(places),
            "streamArn": arn,
        },
    }


def check_republish(operator, aws):
    """Exactly the events of the batch are published. A failed batch stays in the queue."""
    arn, shard, changes = operator.stream()
    batch = changes[: 1 + max(number for number, change in enumerate(changes) if event_of(change))]
    later = json.dumps(event("record_mail_events", "on_suppression_list")).encode()
    expect(aws.functions["record_mail_events"].invoke(later), {"outcome": "recorded"}, "the answer")
    expect(
        any(map(event_of, operator.stream()[2][len(batch) :])),
        True,
        "an event comes after the batch",
    )
    message = unpublished(arn, shard, batch)
    for bus_is_there, left in ((False, [message]), (True, [])):
        aws.bus_is_there, aws.queue = bus_is_there, Queue(message)
        arguments = f"{aws.url}/1/queue", "publish_events"
        status = int(not bus_is_there)
        operator.run("republish_events.py", *arguments, status=status, config=operator.unchecked)
        expect(aws.queue.left(), left, "what is left in the queue")
    published = [
        (entry["DetailType"], json.loads(entry["Detail"])["id"]) for entry in aws.published
    ]
    expected = [(event_of(change), change["eventID"]) for change in batch if event_of(change)]
    expect(sorted(set(published)), sorted(expected), "the events")
    expect({kind for kind, _ in expected}, {"Email Undeliverable", "Email Verified"}, "their kinds")


def check_republish_around(operator, aws):
    """One failed change keeps its message in the queue. All others are published."""
    before, published = len(operator.stream()[2]), len(aws.published)
    words = {"reason": "bounced", "at": "2026-11-23T12:00:00Z"}
    for number, email in enumerate(["no address", *[None] * 10, "ada@example.com"]):
        item = {"pk": {"S": f"address#republished-{number}"}}
        if email:
            suppression = {name: {"S": text} for name, text in (words | {"email": email}).items()}
            item["suppression"] = {"M": suppression}
        operator.dynamodb.put_item(TableName=operator.table, Item=item)
    user = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
    words = {"at": words["at"], "email": "grace@example.com", "user": user}
    refusal = {"M": {name: {"S": text} for name, text in words.items()}}
    item = {"pk": {"S": "address#grace@example.com"}, "refusal": refusal}
    operator.dynamodb.put_item(TableName=operator.table, Item=item)
    arn, shard, changes = operator.stream()
    message = unpublished(arn, shard, changes[before:])
    aws.queue = Queue(message)
    arguments = f"{aws.url}/1/queue", "publish_events"
    operator.run("republish_events.py", *arguments, status=1, config=operator.unchecked)
    expect(aws.queue.left(), [message], "what is left in the queue")
    events = [
        (entry["DetailType"], json.loads(entry["Detail"])["id"])
        for entry in aws.published[published:]
    ]
    expected = [(event_of(change), change["eventID"]) for change in changes[-2:]]
    expect(events, expected, "the events")
    expect(event_of(changes[-1]), "Verification Refused", "the kind of the last one")


def event_of(change):
    """The event of a change, judged by the item's new attributes."""
    old, new = (change["dynamodb"].get(image, {}).keys() for image in ("OldImage", "NewImage"))
    kinds = {
        "verified_at": "Email Verified",
        "suppression": "Email Undeliverable",
        "refusal": "Verification Refused",
    }
    return next((kind for attribute, kind in kinds.items() if attribute in new - old), None)


def check_copy_missing(operator):
    """Missing items are copied, existing records are not overwritten, and expired ones are skipped.
    A user of whom the table has tried codes alone is missing."""
    description = operator.dynamodb.describe_table(TableName=operator.table)["Table"]
    operator.dynamodb.create_table(
        TableName="restored",
        KeySchema=description["KeySchema"],
        AttributeDefinitions=description["AttributeDefinitions"],
        GlobalSecondaryIndexes=[
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in description["GlobalSecondaryIndexes"]
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    guessed = {"pk": {"S": "user#guessed"}, "attempts_version": {"N": "1"}}
    operator.dynamodb.put_item(TableName=operator.table, Item=guessed)
    before = operator.items()
    gone = {
        f"gone-{number}": {"pk": {"S": f"gone-{number}"}, "digest": {"B": b"\0\1"}}
        for number in range(3)
    }
    gone["gone-0"]["expires_at"] = {"N": "4102444800"}
    gone["user#guessed"] = {"pk": guessed["pk"], "version": {"N": "2"}}
    stale = {"pk": {"S": min(before)}, "stale": {"BOOL": True}}
    expired = {"pk": {"S": "expired"}, "expires_at": {"N": "1"}}
    for item in [stale, expired, *gone.values()]:
        operator.dynamodb.put_item(TableName="restored", Item=item)
    for copied, there in ((4, 1), (0, 5)):
        said = operator.run("copy_missing_items.py", "restored", operator.table)
        counts = f"{copied} copied, {there} existed, 1 expired"
        expect(said, [f"{min(before)} differs", counts], "the output")
        expect(operator.items(), before | gone, "the table")


def change_code_key(operator, aws, change):
    """The secret after a change. The program must name a version to deploy."""
    (said,) = operator.run("change_code_key.py", "secret", change)
    expect(said.startswith("CodeKeyVersion="), True, "a version is named")
    return aws.secret


def check_change_of_code_key(operator, aws, old):
    """Both keys are in the secret until earlier codes expire. Returns that secret."""
    aws.secret = old
    both = change_code_key(operator, aws, "add")
    new, _, kept = both.partition(",")
    expect((len(new), kept), (64, old), "the keys")
    operator.run("change_code_key.py", "secret", "add", status=1)
    expect(change_code_key(operator, aws, "drop"), new, "the key that is left")
    operator.run("change_code_key.py", "secret", "drop", status=1)
    expect(new in change_code_key(operator, aws, "replace"), False, "a new key alone")
    return both


def check_query_logs(operator, aws):
    """The query reads all logs of the stack, and no other stack's."""
    own = ["/aws/lambda/mailproof/verify_email", "/aws/vendedlogs/mailproof/access"]
    aws.log_groups = [*own, "/aws/lambda/mailproof-2/verify_email", "/aws/lambda/mailproof"]
    aws.query_states = ["Running", "Complete"]
    said = operator.run("query_logs.py", "mailproof", "fields message", "2")
    expect(said, ["request failed"], "the output")
    (query,) = aws.queries
    expect((query["logGroupNames"], query["queryString"]), (own, "fields message"), "the query")
    expect(query["endTime"] - query["startTime"], 2 * 3600, "the seconds to look back")


def check_functions(operator, folder):
    """The shell functions, with programs that only print their arguments."""
    python = folder / "shell/target/operations/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo python "$@"\n')
    python.chmod(0o755)
    (folder / "shell/docs").symlink_to(PROGRAMS.parent)
    script = """
        aws() { echo aws "$@"; }; sam() { echo sam "$@"; }
        cargo() { echo cargo "$TABLE_NAME" "$@"; }
        . docs/operations/functions.sh
        output ApiUrl; resource Table; deploy --parameter-overrides A=1
        STACK=other logs "a query" 2
        output() { echo the table of "$STACK"; }; TABLE_NAME=another admin status ada
        printf '#!/bin/sh\necho "$TABLE_NAME" "$@"' >admin; chmod +x admin; admin status bo
    """
    bash = ["bash", "-euo", "pipefail", "-c", script]
    said = subprocess.run(
        bash, cwd=folder / "shell", check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    expected = [
        "aws cloudformation describe-stacks --stack-name mailproof "
        "--query Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue --output text",
        "aws cloudformation describe-stack-resource --stack-name mailproof "
        "--logical-resource-id Table --query StackResourceDetail.PhysicalResourceId --output text",
        "sam deploy --stack-name mailproof --s3-prefix mailproof --parameter-overrides A=1",
        "python docs/operations/query_logs.py other a query 2",
        "cargo the table of mailproof run --quiet --bin admin -- status ada",
        "the table of mailproof status bo",
    ]
    expect(said.splitlines(), expected, "what the functions call")
    operator.ran.add("functions.sh")


def main(build, emulator, program):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bootstraps = functions_in(Path(build))
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="mailproof-operations-"))
        )
        variables = stack.enter_context(backing_services(program, folder / "services"))
        aws = stack.enter_context(Aws())
        threading.Thread(target=aws.serve_forever, daemon=True).start()
        operator = Operator(folder, aws.url, variables)
        both = check_change_of_code_key(operator, aws, variables["CODE_KEYS"])
        variables |= {
            "CODE_KEYS": both,
            "EVENT_BUS_NAME": "bus",
            "AWS_ENDPOINT_URL_EVENTBRIDGE": aws.url,
        }
        for name in ("record_mail_events", "verify_email", "publish_events"):
            aws.functions[name] = stack.enter_context(
                function(name, bootstraps[name], emulator, variables, folder / f"{name}.log")
            )
        # A code from before the change of the key.
        code = json.dumps(event("verify_email", "code")).encode()
        expect(aws.functions["verify_email"].invoke(code)["statusCode"], 200, "the answer")
        check_redrive(operator, aws)
        check_republish(operator, aws)
        check_republish_around(operator, aws)
        check_copy_missing(operator)
        check_query_logs(operator, aws)
        check_functions(operator, folder)
        aws.shutdown()
    expect(
        operator.ran, {program.name for program in PROGRAMS.iterdir()}, "the files that were run"
    )
    print(f"{len(operator.ran)} files work.")


if __name__ == "__main__":
    run_main(main, *map(os.path.abspath, sys.argv[1:4]))
