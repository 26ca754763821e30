"""Starts and calls the emulator of AWS in emulator.py."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
from botocore.config import Config
from checks import TIMEOUT, CheckFailed, eventually, free_port

REGION = "us-east-1"


class Aws:
    """The emulator, with the clients and commands of an operator."""

    def __init__(self, port, variables):
        self.port, self.variables = port, variables
        keys = variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]
        self.session = boto3.session.Session(*keys, region_name=REGION)

    def client(self, service):
        return self.session.client(
            service, endpoint_url=self.variables["AWS_ENDPOINT_URL"], config=Config(proxies={})
        )

    def run(self, command, cwd=None, exit_code=0, **variables):
        """The output of a command, which must end with this code."""
        done = subprocess.run(
            command,
            cwd=cwd,
            shell=isinstance(command, str),
            env=self.variables | variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode != exit_code:
            raise CheckFailed(f"{command} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def user(self, name, policy):
        """The variables of a new user, who may do what the policy allows."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def ask(self, method, path, body=None, headers=None):
        """The status and the body of an answer."""
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        ) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def mails(self):
        """The mails that SES accepted, the newest last."""
        accounts = json.loads(self.ask("GET", "/_ministack/ses/messages")[1])["messages"]
        return [mail for mails in accounts.values() for mail in mails]


@contextlib.contextmanager
def emulated_aws():
    """Runs the emulator on a free port."""
    # On SIGTERM the emulator ends too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder, started(folder) as aws:
        yield aws


@contextlib.contextmanager
def started(folder):
    port = free_port()
    inherited = {
        name: of
        for name, of in os.environ.items()
        if not re.match(r"(?i)aws_|sam_cli_|.*_proxy$", name)
    }
    variables = inherited | {
        "AWS_ACCESS_KEY_ID": "emulated",
        "AWS_SECRET_ACCESS_KEY": "emulated",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": f"{folder}/sam",
        # An unused port, so that no request leaves the machine.
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }
    emulator_only = {
        "AUTH": "true",  # Otherwise every call is allowed.
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": "unix:///nowhere",
        "HOME": folder,
        "TMPDIR": folder,
    }
    log = Path(folder, "emulator.log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("emulator.py")],
            env=variables | emulator_only,
            stdout=output,
            stderr=output,
            # The functions are in its process group, so that they end with it.
            start_new_session=True,
        )
    try:
        aws = Aws(port, variables)

        def answers():
            with contextlib.suppress(OSError):
                return aws.ask("GET", "/_ministack/health")[0] == 200

        eventually(answers, "an answer of the emulator", process)
        yield aws
    except Exception:
        print(f"The emulator said:\n{log.read_text()[-8000:]}")
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
