"""What surrounds the functions: the program of `cargo run -- --backing-only`, from outside."""

import base64
import email
import email.policy
import http.client
import json
import re
import time
from urllib.parse import urlsplit

from checks import TIMEOUT, CheckFailed

# Nobody verifies the signature.
SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=0"
)
DYNAMODB = "DynamoDB_20120810"

# Its inbox and its bus keep 500 of each, so both are emptied more often than that many arrive.
POLL_INTERVAL = 0.2

LINK = re.compile(r"\?user=[0-9a-f-]{36}[^#\s]*#([\w-]{43})(?![\w-])")
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)


class Backing:
    def __init__(self, variables):
        self.variables = variables
        self.table = variables["TABLE_NAME"]
        self.dynamodb = urlsplit(variables["AWS_ENDPOINT_URL_DYNAMODB"]).netloc
        self.inbox = urlsplit(variables["AWS_ENDPOINT_URL_SESV2"]).netloc

    def call(self, operation, arguments, service=DYNAMODB):
        """A call of DynamoDB, which the edge may break as it breaks those of the functions."""
        headers = {
            "authorization": SIGNATURE,
            "content-type": "application/x-amz-json-1.0",
            "x-amz-date": "20260101T000000Z",
            "x-amz-target": f"{service}.{operation}",
        }
        return json.loads(ask(self.dynamodb, "POST", "/", json.dumps(arguments), headers))

    def items(self):
        """All items of the table by their keys, with plain values."""
        items, more = {}, {}
        while True:
            page = self.call("Scan", {"TableName": self.table, "ConsistentRead": True} | more)
            for item in page["Items"]:
                item = plain({"M": item})
                items[item["pk"]] = item
            if "LastEvaluatedKey" not in page:
                return items
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def expire(self, user, mail):
        """Makes the link of a mail expire now, as no day can pass here."""
        self.call(
            "UpdateItem",
            {
                "TableName": self.table,
                "Key": {"pk": {"S": f"user#{user}"}},
                "UpdateExpression": "SET links.#mail = :now",
                "ConditionExpression": "attribute_exists(links.#mail)",
                "ExpressionAttributeNames": {"#mail": mail},
                "ExpressionAttributeValues": {":now": {"N": str(int(time.time()) - 1)}},
            },
        )

    def break_calls(self, rules):
        """Replaces the rules of the edge. None: everything works."""
        if rules is None:
            ask(self.inbox, "DELETE", "/api/v1/chaos")
        else:
            ask(self.inbox, "PUT", "/api/v1/chaos", json.dumps(rules))

    def broken_calls(self):
        """How many calls the present rules broke."""
        rules = json.loads(ask(self.inbox, "GET", "/api/v1/chaos"))["rules"]
        return sum(rule["injected"] for rule in rules)

    def take_mails(self):
        """The mails that SES accepted since the last time."""
        found = json.loads(ask(self.inbox, "GET", "/api/v1/messages?limit=500"))["messages"]
        mails = [self._mail(listed) for listed in reversed(found)]
        if found:
            ids = json.dumps({"IDs": [listed["ID"] for listed in found]})
            ask(self.inbox, "DELETE", "/api/v1/messages", ids)
        return mails

    def _mail(self, listed):
        raw = ask(self.inbox, "GET", f"/api/v1/message/{listed['ID']}/raw")
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        tags = dict(tag.split("=", 1) for tag in listed["Tags"])
        link, code = LINK.search(text), CODE.search(text)
        return {
            "id": tags["mail"],
            "kind": tags["kind"],
            "user": tags.get("user"),
            "to": listed["To"][0]["Address"],
            "at": listed["Created"],
            "token": link and link[1],
            "code": code and code[1],
        }

    def published(self):
        """The events that the bus keeps, the oldest first."""
        kept = json.loads(ask(self.inbox, "GET", "/api/bus"))["events"]
        return [
            {"arrival": of["event"]["id"], "kind": of["event"]["detail-type"]}
            | of["event"]["detail"]
            for of in reversed(kept)
        ]


def ask(server, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(server, timeout=TIMEOUT)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        answered = response.read()
    except OSError as error:
        raise CheckFailed(f"{method} {path} of the backing services: {error}") from error
    finally:
        connection.close()
    if response.status >= 300:
        raise CheckFailed(f"{method} {path} of the backing services: {answered.decode()}")
    return answered


def plain(value):
    """An attribute without its types."""
    ((kind, of),) = value.items()
    match kind:
        case "M":
            return {name: plain(member) for name, member in of.items()}
        case "L":
            return [plain(member) for member in of]
        case "N":
            return int(of)
        case "B":
            return base64.b64decode(of)
        case "NULL":
            return None
    return of


class Collector:
    """Takes mails and events out of the local stack as they arrive. `on_mail` gets each mail."""

    def __init__(self, backing, history, on_mail):
        self.backing, self.history, self.on_mail = backing, history, on_mail
        self.arrived = set()

    def collect(self):
        for mail in self.backing.take_mails():
            self.history.mails.append(mail)
            self.on_mail(mail)
        for event in self.backing.published():
            if event["arrival"] not in self.arrived:
                self.arrived.add(event["arrival"])
                self.history.events.append(event)

    def run(self, ended):
        while not ended.wait(POLL_INTERVAL):
            self.collect()
