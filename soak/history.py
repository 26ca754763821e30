"""What happened, as far as it can be seen from outside the functions."""

from dataclasses import dataclass, field


@dataclass
class History:
    # What was asked and answered: see `Callers.ask`.
    answers: list = field(default_factory=list)
    # What SES accepted: id, kind, user, to, at, token and code.
    mails: list = field(default_factory=list)
    # What is on the bus: its kind, and the members of its detail.
    events: list = field(default_factory=list)
    # What the table's stream says: the changes that must be events, in their order.
    changes: list = field(default_factory=list)
    # The table at the end, by `pk`, without what was there before.
    items: dict = field(default_factory=dict)
    # The times in which calls broke, each with the name of its rules.
    faults: list = field(default_factory=list)

    def broken_in(self, began, ended):
        """The names of the rules that broke calls at some time between these."""
        return {name for name, since, until in self.faults if since <= ended and began <= until}


def change_of(record):
    """The event that a record of the stream must become. None: it is no event. This says the rules
    of ARCHITECTURE.md again, so that the auditor does not ask the function that it audits."""
    before = record["dynamodb"].get("OldImage", {})
    after = record["dynamodb"].get("NewImage", {})
    if "pending" in before and "pending" not in after and "verified_at" in after:
        return {
            "id": record["eventID"],
            "kind": "Email Verified",
            "uuid": after["user_id"]["S"],
            "email": after["verified_email"]["S"],
            "previous_email": text(before, "verified_email"),
            "verified_at": after["verified_at"]["S"],
        }
    for name, kind in (
        ("suppression", "Email Undeliverable"),
        ("refusal", "Verification Refused"),
    ):
        was, is_now = before.get(name), after.get(name)
        # A later bounce changes a suppression, which is no event. Each refusal is one.
        if is_now and is_now != was and not (was and name == "suppression"):
            members = is_now["M"]
            at = "occurred_at" if name == "suppression" else "at"
            return {
                "id": record["eventID"],
                "kind": kind,
                "uuid": text(members, "user"),
                "email": members["email"]["S"],
                "reason": text(members, "reason"),
                at: members["at"]["S"],
            }
    return None


def text(attributes, name):
    return attributes.get(name, {}).get("S")
