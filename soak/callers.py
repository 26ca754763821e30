"""Who calls the functions: backends, readers of mails, and SES. Each answer goes to the history."""

import json
import time
from pathlib import Path

from run_events import EVENTS

API_KEY = "evk_event-fixtures-use-this-key-on-local-tables"

REQUEST = "request_email_verification"
VERIFY = "verify_email"
STATUS = "email_verification_status"
PAGE = "verification_page"
RECORD = "record_mail_events"

PATHS = {
    REQUEST: f"/api/users/{REQUEST}",
    VERIFY: f"/api/users/{VERIFY}",
    STATUS: f"/api/users/{STATUS}",
    PAGE: "/verify_email",
}
NEW_MAIL = "/verify_email/new_mail"

CLIENT = "203.0.113.7"


def template(function, name):
    return json.loads(Path(EVENTS, function, f"{name}.json").read_text())


HTTP = template(VERIFY, "http_api")
REPORTS = {name: template(RECORD, name) for name in ("delivered", "bounced", "complained")}


def http_event(path, body, headers, client):
    """An event of API Gateway. `body` None: it is a GET."""
    event = json.loads(json.dumps(HTTP))
    http = event["requestContext"]["http"]
    event["rawPath"] = http["path"] = path
    http["sourceIp"] = client
    http["method"] = "GET" if body is None else "POST"
    event["headers"] = {
        "accept": "application/json",
        "authorization": f"Bearer {API_KEY}",
        "content-type": "application/json",
        "prefer": "return=representation",
        "sec-fetch-site": "same-origin",
    } | headers
    event["body"] = json.dumps(body or {})
    event["isBase64Encoded"] = False
    return event


def report_event(mail, outcome):
    """SES's event about a mail of the history."""
    event = json.loads(json.dumps(REPORTS[outcome]))
    event["detail"]["mail"] |= {"timestamp": mail["at"], "destination": [mail["to"]]}
    event["detail"]["mail"]["tags"] |= {
        tag: [mail[name]] for tag, name in (("kind", "kind"), ("user", "user"), ("mail", "id"))
    }
    members = ("delivery", "bounce", "complaint")
    report = next(event["detail"][of] for of in members if of in event["detail"])
    report["timestamp"] = mail["at"]
    for of in ("bouncedRecipients", "complainedRecipients"):
        if of in report:
            report[of][0]["emailAddress"] = mail["to"]
    if "recipients" in report:
        report["recipients"] = [mail["to"]]
    return event


class Call:
    """An event for a function, and what the auditor must know of it."""

    def __init__(self, function, event, **about):
        self.function, self.event, self.about = function, event, about

    @classmethod
    def request(cls, user, address, key=None, **fields):
        headers = {"idempotency-key": key} if key else {}
        body = {"uuid": user, "email": address} | fields
        event = http_event(PATHS[REQUEST], body, headers, CLIENT)
        return cls(REQUEST, event, what="request", user=user, email=address, key=key)

    @classmethod
    def new_mail(cls, mail):
        """The reader of an expired link asks for another one."""
        body = {"uuid": mail["user"], "token": mail["token"]}
        event = http_event(NEW_MAIL, body, {}, CLIENT)
        about = {"what": "request", "user": mail["user"], "email": mail["to"], "key": None}
        return cls(REQUEST, event, **about)

    @classmethod
    def proof(cls, function, user, kind, proof, client=CLIENT):
        """A link's token or a code, for the API or the page."""
        body = {"uuid": user, kind: proof}
        event = http_event(PATHS[function], body, {}, client)
        about = {"what": "verify", "user": user, "kind": kind, "proof": proof}
        return cls(function, event, client=client if function == PAGE else None, **about)

    @classmethod
    def press(cls, mail, action):
        """A press on the page that refuses mail (`stop`) or allows it again (`allow`)."""
        body = {"uuid": mail["user"], "token": mail["token"], "action": action}
        event = http_event(PATHS[PAGE], body, {}, CLIENT)
        about = {"what": action, "user": mail["user"], "email": mail["to"]}
        return cls(PAGE, event, **about)

    @classmethod
    def status(cls, user):
        event = http_event(PATHS[STATUS], None, {}, CLIENT)
        event["rawQueryString"] = f"uuid={user}"
        event["queryStringParameters"] = {"uuid": user}
        return cls(STATUS, event, what="status", user=user)

    @classmethod
    def report(cls, mail, outcome):
        about = {"what": "report", "user": mail["user"], "email": mail["to"]}
        return cls(RECORD, report_event(mail, outcome), outcome=outcome, **about)


class Callers:
    def __init__(self, fleet, history):
        self.fleet, self.history = fleet, history

    def ask(self, call):
        """The answer, as it is in the history."""
        began = time.time()
        answer = self.fleet.invoke(call.function, call.event)
        return self.record(call, began, answer)

    def record(self, call, began, answer, killed=False):
        """`killed`: the function was killed, and gave no answer."""
        http = answer or {}
        body = http.get("body", "")
        recorded = call.about | {
            "function": call.function,
            "began": began,
            "ended": time.time(),
            "status": None if answer is None else http.get("statusCode", 200),
            "body": json.loads(body) if body[:1] == "{" else {},
            "killed": killed,
        }
        self.history.answers.append(recorded)
        return recorded
