"""A Lambda function that receives Mailproof's events. SQLite stands for your database."""

import os
import sqlite3

VERIFIED = """
    UPDATE users
       SET email = :email, verified_at = :verified_at,
           pending_email = NULLIF(pending_email, :email),
           undeliverable = CASE WHEN undeliverable_at > :verified_at THEN undeliverable END
     WHERE id = :uuid AND (verified_at IS NULL OR verified_at < :verified_at)"""

UNDELIVERABLE = """
    UPDATE users SET undeliverable = :reason, undeliverable_at = :occurred_at
     WHERE lower(:email) IN (lower(email), lower(pending_email))
       AND (verified_at IS NULL OR verified_at < :occurred_at)"""

REFUSED = """
    UPDATE users SET pending_email = NULL
     WHERE id = :uuid AND lower(pending_email) = lower(:email)"""


def handler(event, context):
    # All statements tolerate duplicate and late events: a newer verification stays.
    statements = {
        "Email Verified": VERIFIED,
        "Email Undeliverable": UNDELIVERABLE,
        "Verification Refused": REFUSED,
    }
    statement = statements[event["detail-type"]]
    users = sqlite3.connect(os.environ["DATABASE"])
    with users:  # one transaction
        users.execute(statement, event["detail"])
    users.close()
