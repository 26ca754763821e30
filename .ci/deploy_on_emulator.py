"""Deploys template.yaml with `sam deploy` on an emulator of AWS, and upgrades an older stack.

    deploy_on_emulator.py BUILD SAM...

BUILD is the output of `sam build` for this machine's processor, SAM the command of the SAM CLI. The
template is deployed unchanged. The emulator is ministack, which runs the functions with the
permissions of their roles.

What ministack lacks for this template, and how emulator.py adds it:

  * routes of an HTTP API in its OpenAPI body, where SAM writes them: created from that body
  * the DKIM records of an SES identity, which are outputs: invented
  * ExcludePunctuation of a generated secret, since a comma would separate two keys: applied
  * the permissions of SendEmail, which SES's sandbox also checks for the recipient: checked
  * alarms on an expression: accepted, but not created
  * events of SES, which only SES may put on the default bus: one is put there

Not checked, as nothing emulates it: retries of records that a function reports as failed, time to
live, throttling, the gateway's log, metrics and alarms, custom domains, and a change that only adds
or removes conditional resources, which ministack reports as no change.
"""

import base64
import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from emulated_aws import CheckFailed, emulated_aws, eventually, expect

HERE = Path(__file__).parent
BUILD, SAM = Path(sys.argv[1]), sys.argv[2:]
ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64"}[os.uname().machine]


class Stack:
    """A stack and its service."""

    def __init__(self, aws, name):
        self.aws, self.name = aws, name
        self.cloudformation, self.dynamodb = aws.client("cloudformation"), aws.client("dynamodb")

    def deploy(self, template, *parameters):
        """Deploys as docs/deploy.md does, but without a question."""
        place = ["--template-file", template, "--config-file", Path("samconfig.toml").absolute()]
        options = [
            "--stack-name",
            self.name,
            "--no-confirm-changeset",
            "--parameter-overrides",
            *parameters,
        ]
        self.aws.run([*SAM, "deploy", *place, *options])
        (stack,) = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        self.outputs = {
            output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])
        }
        resources = self.cloudformation.describe_stack_resources(StackName=self.name)[
            "StackResources"
        ]
        self.resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
        print(f"Deployed {template} as {self.name}: {len(self.resources)} resources")

    def records(self):
        items = self.dynamodb.scan(TableName=self.resources["Table"], ConsistentRead=True)["Items"]
        return {item["pk"]["S"]: item for item in items}

    def call(self, method, path, body=None, key=None):
        headers = {"Host": urlsplit(self.outputs["ApiUrl"]).netloc}
        if body:
            headers |= {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self.aws.ask(method, path, body and json.dumps(body), headers)

    def request_mail(self, key, email):
        """Requests a mail. Returns its subject and its proofs."""
        sent = len(self.aws.mails())
        answer = self.call("POST", "/api/users/request_email_verification", {"email": email}, key)
        expect(answer, (200, ""), f"the request for {email}")
        (mail,) = self.aws.mails()[sent:]
        expect(mail["To"], [email], "whom it was mailed to")
        page, user, token = re.search(
            r"^https://[^/]+(/\S+user=(\S+))#(\S+)$", mail["BodyText"], re.MULTILINE
        ).groups()
        code = re.search(r"^\d{6}$", mail["BodyText"], re.MULTILINE)[0]
        return mail["Subject"], {
            "email": email,
            "page": page,
            "uuid": user,
            "token": token,
            "code": code,
        }

    def verify_by_link(self, mailed):
        status, page = self.call("GET", mailed["page"])
        expect((status, "<form" in page), (200, True), "the page of the link")
        body = {name: mailed[name] for name in ("uuid", "token")}
        status, answer = self.call("POST", urlsplit(mailed["page"]).path, body)
        expect(
            (status, json.loads(answer)),
            (200, {"state": "verified", "email": mailed["email"]}),
            "the link",
        )

    def verify_by_code(self, mailed, key):
        body = {name: mailed[name] for name in ("uuid", "code")}
        expect(self.call("POST", "/api/users/verify_email", body, key), (200, ""), "the code")

    def expect_verified(self, email, key):
        """By the API's own status, whose role may read and nothing else."""
        path = "/api/users/email_verification_status?" + urlencode({"email": email})
        status, answer = self.call("GET", path, key=key)
        expect((status, json.loads(answer).get("email")), (200, email), "the status")

    def expect_status(self, email, line):
        command = ["cargo", "run", "--quiet", "--package", "admin", "--", "status", email]
        status = self.aws.run(command, TABLE_NAME=self.outputs["TableName"])
        expect(bool(re.search(line, status)), True, f"whether {line!r} is in\n{status}")

    def keep_events(self):
        """Sends the events to a queue by a rule, as an adopter would."""
        self.queues, events = self.aws.client("sqs"), self.aws.client("events")
        self.queue = self.queues.create_queue(QueueName="events")["QueueUrl"]
        found = self.queues.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        arn = found["Attributes"]["QueueArn"]
        rule = events.put_rule(Name="events", EventPattern='{"source": ["mailproof"]}')["RuleArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
        }
        allow |= {"Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self.queues.set_queue_attributes(QueueUrl=self.queue, Attributes={"Policy": policy})
        events.put_targets(Rule="events", Targets=[{"Id": "queue", "Arn": arn}])

    def expect_next_event(self, kind, **detail):
        """Checks the next event on the default bus since keep_events."""
        queue = {"QueueUrl": self.queue}

        def receive():
            for message in self.queues.receive_message(**queue).get("Messages", []):
                self.queues.delete_message(**queue, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(message["Body"])

        event = eventually(receive, f"{kind} for {detail['email']}")
        found = {name: event["detail"].get(name) for name in detail}
        expect((event["detail-type"], found), (kind, detail), "the next event")

    def bounce(self, mailed):
        """Puts SES's bounce of the newest mail to an address on the bus."""
        event = (HERE.parent / "events/record_mail_events/bounced.json").read_text()
        event = json.loads(event.replace("dorothy@example.com", mailed["email"]))
        (mail,) = self.records()[f"address#{mailed['email']}"]["mails"]["M"]
        event["detail"]["mail"]["tags"] |= {
            "ses:configuration-set": [self.resources["ConfigurationSet"]],
            "stage": ["prod"],
            "mail": [mail],
            "user": [mailed["uuid"]],
        }
        entry = {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
        }
        expect(
            self.aws.client("events").put_events(Entries=[entry])["FailedEntryCount"],
            0,
            "the entries that failed",
        )


def first_deployment(aws):
    stack = Stack(aws, "mailproof")
    product, sender = 'ProductName="Acme"', 'Sender="Acme <no-reply@acme.example>"'
    stack.deploy(BUILD / "template.yaml", product, sender, f"Architecture={ARCHITECTURE}")
    stack.keep_events()
    key = re.search(r"evk_\S+", aws.run(stack.outputs["CreateKeyCommand"]))[0]

    subject, mailed = stack.request_mail(key, "ada@example.com")
    expect("Acme" in subject, True, "whether the mail names the product")
    stack.verify_by_link(mailed)
    stack.expect_status("ada@example.com", r"Verified +ada@example\.com")
    stack.expect_verified("ada@example.com", key)
    stack.expect_next_event(
        "Email Verified", email="ada@example.com", uuid=mailed["uuid"], method="link"
    )

    _, mailed = stack.request_mail(key, "grace@example.com")
    stack.verify_by_code(mailed, key)
    stack.expect_status("grace@example.com", r"Verified +grace@example\.com")
    stack.expect_next_event(
        "Email Verified", email="grace@example.com", uuid=mailed["uuid"], method="code"
    )

    _, mailed = stack.request_mail(key, "joan@example.com")
    stack.bounce(mailed)
    stack.expect_next_event(
        "Email Undeliverable", email="joan@example.com", uuid=mailed["uuid"], reason="bounced"
    )
    stack.expect_status("joan@example.com", r"Suppressed +(?!no\b)")
    print("Verified by link and by code, recorded a bounce, published three events")

    resources, records = stack.resources, stack.records()
    stack.deploy(BUILD / "template.yaml", 'ProductName="Zenith"', "MailsPerDay=1")
    expect(stack.resources, resources, "the resources after a change of settings")
    expect(stack.records(), records, "the records after a change of settings")
    subject, mailed = stack.request_mail(key, "mary@example.com")
    expect("Zenith" in subject, True, "whether the mail has the product's new name")
    status, _ = stack.call(
        "POST", "/api/users/request_email_verification", {"email": "mary@example.com"}, key
    )
    expect(status, 429, "the answer to a second request where one a day is allowed")
    print("Changed settings and kept the records")


def upgrade(aws):
    """Upgrades a stack with the stateful resources of an older one, and its records and mails."""
    before = json.loads(
        (HERE / "upgrade/records.json").read_text(),
        object_hook=lambda node: (
            {"B": base64.b64decode(node["B"])} if node.keys() == {"B"} else node
        ),
    )
    stack = Stack(aws, "older")
    product, sender = 'ProductName="Old"', 'Sender="Old <no-reply@old.example>"'
    stack.deploy(HERE / "upgrade/template.yaml", sender)
    for item in before["items"]:
        stack.dynamodb.put_item(TableName=stack.resources["Table"], Item=item)
    of_codes = {"SecretId": stack.resources["CodeKey"], "SecretString": before["code_key"]}
    aws.client("secretsmanager").put_secret_value(**of_codes)
    resources, records = stack.resources, stack.records()

    stack.deploy(BUILD / "template.yaml", product, sender, f"Architecture={ARCHITECTURE}")
    expect(
        {name: stack.resources.get(name) for name in resources},
        resources,
        "the older resources after the upgrade",
    )
    expect(stack.records(), records, "the records after the upgrade")
    stack.verify_by_link(before["link"])
    stack.verify_by_code(before["code"], before["key"])
    for email in ["ada@old.example", "bo@old.example", "cy@old.example"]:
        stack.expect_status(email, rf"Verified +{email}")
    print("Verified by a link and by a code from before the upgrade")


def main():
    print(__doc__[__doc__.index("What ministack lacks") :])
    with emulated_aws() as aws:
        first_deployment(aws)
        upgrade(aws)


if __name__ == "__main__":
    try:
        main()
    except CheckFailed as failure:
        sys.exit(str(failure))
