"""Each rule of the auditor can fail: a history is spoiled, and that rule alone names it."""

import copy
import unittest
from datetime import UTC, datetime

import auditor
import watch
from history import History, change_of

USER, EMAIL = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11", "Ada@mail.example"
OTHER = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22"
# The same as 105.
AT = "1970-01-01T00:01:45Z"


def answer(what, began, **about):
    usual = {"function": what, "user": USER, "began": began, "ended": began + 1, "status": 200}
    return usual | {"what": what, "body": {}, "killed": False} | about


def verification(began, **about):
    body = {"uuid": USER, "email": EMAIL, "verified_at": AT}
    usual = {"kind": "token", "proof": "T1", "client": None, "body": body}
    return answer("verify", began, **usual | about)


def request(began, **about):
    return answer("request", began, **{"email": EMAIL, "key": None} | about)


def wrong_code(began, **about):
    usual = {"kind": "code", "proof": "000000", "status": 400, "body": {"code": "invalid_code"}}
    return verification(began, **usual | about)


def mail(id, **about):
    usual = {"kind": "verification", "user": USER, "to": EMAIL, "token": "T1", "code": "123456"}
    return {"id": id, "at": at(100)} | usual | about


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def good():
    """A user who asked once, verified by the link, and got a notice later."""
    change = {"id": "e1", "kind": "Email Verified", "uuid": USER, "email": EMAIL}
    change |= {"verified_at": AT}
    user = {"user_id": USER, "mails": {"m1": 100}, "verified_email": EMAIL, "verified_at": AT}
    status = {"email": EMAIL, "verified_at": AT}
    return History(
        answers=[
            request(100),
            verification(105),
            answer("status", 110, body=status, is_last=True),
        ],
        mails=[mail("m1"), mail("n1", kind="address_changed", token=None, code=None)],
        events=[change | {"arrival": "1"}, change | {"arrival": "2"}],
        changes=[change],
        items={
            f"user#{USER}": user,
            f"address#{EMAIL.lower()}": {"mails": {"m1": 100}, "notices": {"n1.x": 120}},
        },
    )


def in_peace(history):
    history.answers.append(request(200, status=503))


def unrecorded(history):
    history.answers[1]["body"]["verified_at"] = "2026-11-23T12:00:06Z"


def displaced(history):
    history.items[f"user#{USER}"]["verified_email"] = "eve@mail.example"
    history.answers[2]["body"]["email"] = "eve@mail.example"


def lost_event(history):
    history.events.clear()


def another_id(history):
    history.events[1]["id"] = "e2"


def another_content(history):
    history.events[1]["email"] = "eve@mail.example"


def proof_of_nothing(history):
    history.answers.append(verification(106, proof="T2"))


def foreign_proof(history):
    history.answers.append(verification(106, user=OTHER))
    changed = history.changes[0] | {"id": "e2", "uuid": OTHER}
    # Nobody but the rule about proofs may find it.
    history.changes.append(changed)
    history.events.append(changed | {"arrival": "3"})
    history.items[f"user#{OTHER}"] = {"user_id": OTHER, "verified_email": EMAIL}
    history.mails.append(mail("m2", user=OTHER, token="T3"))
    history.answers.append(request(101, user=OTHER))
    history.answers.append(verification(105, user=OTHER, proof="T3", status=503))
    history.faults.append(("mail", 105, 106))
    history.items[f"user#{OTHER}"]["mails"] = {"m2": 101}
    history.items[f"address#{EMAIL.lower()}"]["mails"]["m2"] = 101


def other_reason(history):
    change = {"id": "e2", "kind": "Email Undeliverable", "email": EMAIL, "reason": "bounced"}
    history.changes.append(change)
    history.events.append(change | {"reason": "complained", "arrival": "3"})


def proof_later(history):
    history.answers[1] |= {"began": 107, "ended": 108}


def wrong_proof(history):
    history.answers.append(verification(105, status=400, body={"code": "expired_token"}))
    proof_later(history)


def no_proof(history):
    history.changes.append(history.changes[0] | {"id": "e2", "uuid": OTHER})
    history.events.append(history.changes[1] | {"arrival": "3"})
    history.items[f"user#{OTHER}"] = {"user_id": OTHER, "verified_email": EMAIL}


def uncounted(history):
    del history.items[f"user#{USER}"]["mails"]["m1"]


def never_sent(history):
    history.items[f"user#{USER}"]["mails"]["m9"] = 100


def refused_and_counted(history):
    """SES refused it, DynamoDB worked, and the refund did not come."""
    never_sent(history)
    history.answers.append(request(100, status=503))
    history.faults.append(("mail", 99, 102))


def limited_and_counted(history):
    """A failed refund is a 503."""
    never_sent(history)
    history.answers.append(request(100, status=429))
    history.faults.append(("table", 99, 102))


def counted_twice_for_a_kill(history):
    never_sent(history)
    history.items[f"user#{USER}"]["mails"]["m8"] = 100
    history.answers.append(request(100, status=None, killed=True))


def counted_at_another_time(history):
    history.items[f"user#{USER}"]["mails"]["m9"] = 300
    history.answers.append(request(100, status=None, killed=True))


def not_mailed(history):
    history.answers.append(request(120))


def key_mailed_twice(history):
    history.answers[0]["key"] = "k"
    history.answers.append(request(120, key="k"))
    history.mails.append(mail("m2"))
    for item in history.items.values():
        item["mails"]["m2"] = 120


def reported(history, outcome):
    report = answer("report", 103, email=EMAIL, outcome=outcome)
    history.answers.append(report)
    history.mails[1]["at"] = at(125)


def mailed_after_a_bounce(history):
    reported(history, "bounced")


def mailed_after_a_complaint(history):
    reported(history, "complained")


def pressed(history, action, began, **about):
    usual = {"email": EMAIL, "body": {"state": "stopped"}}
    history.answers.append(answer(action, began, **usual | about))


def mailed_after_a_refusal(history):
    pressed(history, "allow", 101)
    pressed(history, "stop", 103)
    pressed(history, "allow", 126)
    history.mails[1]["at"] = at(125)


def too_many_mails(history):
    for number in range(2, 8):
        history.mails.append(mail(f"m{number}"))
        history.answers.append(request(100 + number))
        for item in history.items.values():
            item["mails"][f"m{number}"] = 100 + number


def too_many_notices(history):
    history.mails += [mail(f"n{number}", kind="address_changed") for number in range(2, 8)]


def too_many_codes(history):
    history.answers += [wrong_code(200 + 5 * number) for number in range(6)]


def too_many_codes_of_a_client(history):
    codes = [wrong_code(200 + number, user=str(number), client="c") for number in range(31)]
    history.answers += codes


def other_status(history):
    history.answers[2]["body"]["email"] = None


def lost_notice(history):
    history.mails.pop()


SPOILED = {
    "nothing_fails_in_peace": [in_peace],
    "each_verification_is_on_record": [unrecorded],
    "the_last_verification_stays": [displaced],
    "each_change_is_published_once": [lost_event, another_id, another_content, other_reason],
    "each_verification_has_its_proof": [proof_of_nothing, foreign_proof],
    "each_verified_address_was_proven": [no_proof, proof_later, wrong_proof],
    "each_mail_is_counted": [uncounted],
    "each_counted_mail_exists": [
        never_sent,
        refused_and_counted,
        limited_and_counted,
        counted_twice_for_a_kill,
        counted_at_another_time,
    ],
    "each_accepted_request_was_mailed": [not_mailed, key_mailed_twice],
    "nobody_is_mailed_after_a_stop": [
        mailed_after_a_bounce,
        mailed_after_a_complaint,
        mailed_after_a_refusal,
    ],
    "no_mail_limit_is_passed": [too_many_mails, too_many_notices],
    "no_code_limit_is_passed": [too_many_codes, too_many_codes_of_a_client],
    "each_status_is_that_of_the_record": [other_status],
    "each_notice_was_mailed": [lost_notice],
}


class Auditor(unittest.TestCase):
    def broken(self, history):
        return list(auditor.audit(history))

    def test_a_good_history_breaks_no_rule(self):
        self.assertEqual(auditor.audit(good()), {})

    def test_each_rule_has_a_spoiled_history(self):
        self.assertEqual(list(SPOILED), [rule.__name__ for rule in auditor.RULES])

    def test_each_spoiled_history_breaks_its_rule(self):
        for name, spoilers in SPOILED.items():
            for spoil in spoilers:
                with self.subTest(spoil.__name__):
                    history = copy.deepcopy(good())
                    spoil(history)
                    rule = getattr(auditor, name)
                    self.assertEqual(self.broken(history), [auditor.sentence(rule)])

    def test_the_known_gaps_need_a_kill(self):
        history = good()
        never_sent(history)
        lost_notice(history)
        self.assertEqual(len(self.broken(history)), 2)
        history.answers.append(request(100, status=None, killed=True))
        history.answers.append(answer("notice", 120, status=None, killed=True))
        self.assertEqual(self.broken(history), [])

    def test_a_lost_refund_needs_faults_of_the_table(self):
        history = good()
        refused_and_counted(history)
        history.faults = [("table", 99, 102)]
        self.assertEqual(self.broken(history), [])

    def test_a_lost_refund_keeps_its_key(self):
        history = good()
        history.answers.append(request(200, key="k", status=503))
        history.answers.append(request(210, key="k"))
        for name in ("mail", "table"):
            history.faults = [(name, 199, 202)]
            self.assertEqual(len(self.broken(history)), int(name == "mail"))

    def test_mail_that_is_allowed_again_may_go(self):
        history = good()
        mailed_after_a_refusal(history)
        pressed(history, "allow", 110)
        self.assertEqual(self.broken(history), [])

    def test_a_verification_clears_the_codes(self):
        history = good()
        codes = [wrong_code(200 + 5 * number) for number in range(6)]
        history.answers += codes
        # Between the last two of them.
        cleared = at(223)
        for of in history.changes + history.events:
            of["verified_at"] = cleared
        history.answers[1] |= {"began": 223, "ended": 224}
        history.answers[1]["body"]["verified_at"] = cleared
        history.items[f"user#{USER}"]["verified_at"] = cleared
        history.answers[2]["body"]["verified_at"] = cleared
        self.assertEqual(self.broken(history), [])

    def test_codes_of_two_windows_are_allowed(self):
        history = good()
        history.answers += [wrong_code(200 + 400 * number) for number in range(6)]
        self.assertEqual(self.broken(history), [])


class Changes(unittest.TestCase):
    def test_a_later_bounce_is_no_event(self):
        first = {"suppression": {"M": {"email": {"S": EMAIL}, "at": {"S": AT}}}}
        second = {"suppression": {"M": {"email": {"S": EMAIL}, "at": {"S": "later"}}}}
        for before, kind in (({}, "Email Undeliverable"), (second, None)):
            images = {"OldImage": before, "NewImage": first}
            change = change_of({"eventID": "1", "dynamodb": images})
            self.assertEqual(change and change["kind"], kind)


class Watching(unittest.TestCase):
    def test_growth_beyond_the_tolerance_is_found(self):
        self.assertTrue(watch.is_flat("kB", 10_000, 10_400))
        self.assertFalse(watch.is_flat("kB", 10_000, 10_600))
        self.assertTrue(watch.is_flat("sockets", 4, 5))
        self.assertFalse(watch.is_flat("sockets", 4, 6))


if __name__ == "__main__":
    unittest.main()
