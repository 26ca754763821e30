"""Deploys template.yaml with `sam deploy` on an emulator of AWS, and upgrades an older stack.

    deploy_on_emulator.py BUILD SAM...

BUILD is the output of `sam build` for this machine's processor, SAM the command of the SAM CLI. The
template is deployed unchanged. The emulator is ministack, which runs the functions with the
permissions of their roles.

What ministack lacks for this template, and how emulator.py adds it:

  * routes of an HTTP API in its OpenAPI body, where SAM writes them: created from that body
  * the DNS records of an SES identity, which are outputs: invented, and found in the DNS
  * time to live and backups of the table: set, so that the commands that read them see them
  * the stack of a resource, for `admin doctor`: looked up
  * ExcludePunctuation of a generated secret, since a comma would separate two keys: applied
  * the permissions of SendEmail, which SES's sandbox also checks for the recipient: checked
  * alarms on an expression: created, but never raised
  * events of SES, which only SES may put on the default bus: one is put there

Not checked, as nothing emulates it: retries of records that a function reports as failed, time to
live, throttling, the gateway's log, metrics and alarms, custom domains, and a change that only adds
or removes conditional resources, which ministack reports as no change.
"""

import base64
import json
import re
import sys
from pathlib import Path

from artefacts import own_architecture
from checks import expect, run_main
from emulated_aws import emulated_aws
from emulated_stack import Stack

HERE = Path(__file__).parent.resolve()
BUILD, SAM = Path(sys.argv[1]).resolve(), sys.argv[2:]
ADMIN = ["cargo", "run", "--quiet", "--bin", "admin", "--"]
ARCHITECTURE = own_architecture()


def first_deployment(aws):
    stack = Stack(aws, "mailproof", HERE.parent, SAM, ADMIN)
    product, sender = 'ProductName="Acme"', 'Sender="Acme <no-reply@acme.example>"'
    support = "SupportAddress=help@acme.example"
    stack.deploy(BUILD / "template.yaml", product, sender, support, f"Architecture={ARCHITECTURE}")
    doctor_finds_faults(stack)
    stack.keep_events()
    key = stack.create_key()

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


def doctor_finds_faults(stack):
    """Runs `admin doctor` as after every deployment, by a person with the permissions that the docs
    name, and with two faults."""
    docs = (HERE.parent / "docs/operate.md").read_text()
    policy = re.search(r"^```json doctor\.json\n(.*?)^```", docs, re.DOTALL | re.MULTILINE)[1]
    person = stack.aws.user("doctor", policy)
    nobody = {"alarms.subscription": "warning"}
    stack.expect_doctor(nobody, **person)

    functions, ses = stack.aws.client("lambda"), stack.aws.client("sesv2")
    readers = [
        stack.resources[f"{function}TableChanges"]
        for function in ("PublishEventsFunction", "NotifyPreviousAddressFunction")
    ]
    name = {"ConfigurationSetName": stack.resources["ConfigurationSet"]}
    for reader in readers:
        functions.update_event_source_mapping(UUID=reader, Enabled=False)
    ses.put_configuration_set_sending_options(**name, SendingEnabled=False)
    faults = {"table.stream-reader": "problem", "ses.configuration-set": "problem"}
    commands = stack.expect_doctor(nobody | faults, exit_code=1, **person)
    expect(
        [commands[fault] for fault in faults],
        [
            " && ".join(
                f"aws lambda update-event-source-mapping --uuid {reader} --enabled"
                for reader in readers
            ),
            "aws sesv2 put-configuration-set-sending-options --configuration-set-name "
            f"{name['ConfigurationSetName']} --sending-enabled",
        ],
        "the commands that mend it",
    )
    for reader in readers:
        functions.update_event_source_mapping(UUID=reader, Enabled=True)
    ses.put_configuration_set_sending_options(**name, SendingEnabled=True)
    stack.expect_doctor(nobody, **person)
    print("admin doctor found two faults, and nothing else")


def upgrade(aws):
    """Upgrades a stack with the stateful resources of an older one, and its records and mails."""
    before = json.loads(
        (HERE / "upgrade/records.json").read_text(),
        object_hook=lambda node: (
            {"B": base64.b64decode(node["B"])} if node.keys() == {"B"} else node
        ),
    )
    stack = Stack(aws, "older", HERE.parent, SAM, ADMIN)
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
    run_main(main)
