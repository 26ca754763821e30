"""A stack on the emulator of AWS, deployed with `sam deploy` and called as its users call it."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from checks import eventually, expect

HERE = Path(__file__).parent


class Stack:
    """A stack and its service. `sam` and `admin` are commands, which run in the folder."""

    def __init__(self, aws, name, folder, sam, admin):
        self.aws, self.name, self.folder = aws, name, folder
        self.sam, self.admin = sam, admin
        self.cloudformation, self.dynamodb = aws.client("cloudformation"), aws.client("dynamodb")

    def deploy(self, template, *parameters):
        """Deploys as docs/deploy.md does, but without a question."""
        place = ["--template-file", template, "--config-file", self.folder / "samconfig.toml"]
        options = [
            "--stack-name",
            self.name,
            "--no-confirm-changeset",
            "--parameter-overrides",
            *parameters,
        ]
        self.run([*self.sam, "deploy", *place, *options])
        (stack,) = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        self.outputs = {
            output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])
        }
        resources = self.cloudformation.describe_stack_resources(StackName=self.name)[
            "StackResources"
        ]
        self.resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
        print(f"Deployed {template} as {self.name}: {len(self.resources)} resources")

    def run(self, command, **variables):
        return self.aws.run(command, cwd=self.folder, **variables)

    def create_key(self):
        return re.search(r"evk_\S+", self.run(self.outputs["CreateKeyCommand"]))[0]

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
        command = [*self.admin, "status", email]
        status = self.run(command, TABLE_NAME=self.outputs["TableName"])
        expect(bool(re.search(line, status)), True, f"whether {line!r} is in\n{status}")

    def expect_doctor(self, complaints, exit_code=0, **user):
        """Checks the statuses that `admin doctor` finds, by their ids. The others are `ok`. Returns
        the commands that mend them."""
        command = [*self.admin, "doctor", "--json"]
        user["TABLE_NAME"] = self.outputs["TableName"]
        report = self.run(command, exit_code=exit_code, **user)
        # The error of an exit code follows.
        findings, _ = json.JSONDecoder().raw_decode(report)
        expect(len(findings) > 20, True, f"whether doctor looks at all in\n{report}")
        # It depends on this machine whether `dig` is there, and has an answer.
        found = {one["id"]: one for one in findings if one["id"] != "dmarc"}
        wrong = {name: one["status"] for name, one in found.items() if one["status"] != "ok"}
        expect(wrong, complaints, f"what is not ok in\n{report}")
        return {name: found[name]["command"] for name in wrong}

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
