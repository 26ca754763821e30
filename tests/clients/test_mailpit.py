"""The inbox under pytest's plugin for Mailpit, whose fixtures call it around each test."""

import email
import json
import os
from email import policy
from urllib.request import Request, urlopen

import pytest
from pytest_mailpit import MailpitAPIError, MailpitClient
from pytest_mailpit.inbox import Inbox


def request_mail(address: str) -> None:
    request = Request(
        f"{os.environ['MAILPROOF_URL']}/api/users/request_email_verification",
        data=json.dumps({"email": address}).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['MAILPROOF_KEY']}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def test_a_mail_is_read(mailpit: MailpitClient, mailpit_inbox: Inbox) -> None:
    request_mail(mailpit_inbox.address)
    message = mailpit_inbox.wait_for_message(
        subject="verification code", sender="no-reply@acme.example"
    )
    assert len(message.code()) == 6
    assert message.link(contains="/verify_email?user=", text="Verify email")
    raw = email.message_from_bytes(mailpit.get_raw(message.id), policy=policy.default)
    assert raw["To"] == mailpit_inbox.address
    for kind, expected in ("plain", message.text), ("html", message.html):
        body = raw.get_body((kind,))
        assert body is not None
        assert body.get_content().splitlines() == expected.splitlines()
    assert mailpit.get_headers(message.id)["Subject"] == [message.subject]


def test_mails_are_marked_tagged_and_deleted(mailpit: MailpitClient, mailpit_inbox: Inbox) -> None:
    request_mail(mailpit_inbox.address)
    [summary] = mailpit_inbox.messages()
    mailpit.mark_read([summary.id])
    mailpit.set_tags([summary.id], ["one", "two"])
    [summary] = mailpit.search_all(f"is:read tag:one to:{mailpit_inbox.address}")
    assert summary.tags == ("one", "two")
    assert mailpit.info().tags["two"] == 1
    mailpit_inbox.clear()
    mailpit_inbox.assert_no_message(within=0)
    with pytest.raises(MailpitAPIError, match="it does not read dates"):
        mailpit.search("after:2026-11-23")


def test_the_server_is_ready(mailpit: MailpitClient) -> None:
    assert mailpit.is_ready()
    assert mailpit.server_time().tzinfo is not None
