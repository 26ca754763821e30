"""What is measured: a program, the event that it gets, and its services."""

import contextlib
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from checks import CheckFailed
from program import Program
from run_events import EVENTS, EXPECTED, at_the_time_of, backing_services, summary
from services import Service, certificates

# The usual event of each function. Every invocation gets it, and the recorded answers: a first
# request for a user, a first verification by a link.
EVENT_OF = {
    "email_verification_status": "uuid",
    "notify_previous_address": "replaced",
    "publish_events": "verified",
    "record_mail_events": "delivered",
    "request_email_verification": "http_api",
    "verification_page": "open",
    "verify_email": "http_api",
}

# bench/floor.rs and bench/calls answer any event of an HTTP API.
FLOOR = "floor"
EVENT_OF_OTHERS = EVENTS / "verify_email" / "http_api.json"
ANSWER_OF_OTHERS = {"statusCode": 200, "body": ""}

ENDPOINT = "AWS_ENDPOINT_URL_"


@dataclass
class Subject:
    name: str
    bootstrap: Path
    environment: dict
    event: bytes
    expected: dict
    # The operation and the length of each call to AWS.
    calls: list = field(default_factory=list)

    def start(self, *prefix):
        self.calls.clear()
        return Program([*prefix, str(self.bootstrap)], self.environment)

    def invoke(self, program):
        """The seconds of an invocation, if its answer is the one beside the event."""
        body, took = program.invoke(self.event)
        found = summary(json.loads(body))
        if found != at_the_time_of(found, self.expected):
            raise CheckFailed(f"{self.bootstrap} answered {found} and not {self.expected}")
        return took


class Subjects:
    """Makes subjects. They share the certificates of their services."""

    def __init__(self, local, folder):
        self.local, self.folder = local, folder
        self.root, self.tls = certificates(folder)

    def function(self, name, bootstrap):
        if name not in EVENT_OF:
            raise CheckFailed(f"Add an event of {name} to {__file__}.")
        event = EVENTS / name / f"{EVENT_OF[name]}.json"
        expected = json.loads(event.with_name(event.stem + EXPECTED).read_text())
        return self._recorded(name, bootstrap, event, expected)

    def calls(self, name, bootstrap):
        return self._recorded(name, bootstrap, EVENT_OF_OTHERS, ANSWER_OF_OTHERS)

    def floor(self, bootstrap):
        event = EVENT_OF_OTHERS.read_bytes()
        return Subject(FLOOR, bootstrap, of_lambda(FLOOR), event, ANSWER_OF_OTHERS)

    def _recorded(self, name, bootstrap, event, expected):
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        with backing_services(self.local, folder / "emulators") as variables:
            calls = []
            services = {
                variable: Service(url, self.tls, calls)
                for variable, url in variables.items()
                if variable.startswith(ENDPOINT)
            }
            environment = variables | {variable: of.url for variable, of in services.items()}
            environment |= {"SSL_CERT_FILE": str(self.root), "METRICS_NAMESPACE": "Mailproof/bench"}
            environment |= of_lambda(name)
            subject = Subject(name, bootstrap, environment, event.read_bytes(), expected, calls)
            with subject.start() as program:
                subject.invoke(program)
            for service in services.values():
                service.recording = False
        return subject


def of_lambda(name):
    """Variables that Lambda sets."""
    return {
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
    }


@contextlib.contextmanager
def subjects(local):
    folder = Path(tempfile.mkdtemp(prefix="mailproof-bench-"))
    try:
        yield Subjects(local, folder)
    finally:
        shutil.rmtree(folder)
