"""Reads a history, and names each rule that it breaks.

It does not see what a proof's reader saw, nor a call of AWS that left no trace: it knows the table
at its end alone, the changes of the stream that must be events, the mails that SES accepted, the
events on the bus, and the answers. So a count that a function made and refunded is not seen, nor a
second write of the same values. Limits of a day are those of the whole history, which must be
shorter, and that of 30 days is not reached. No link expires unless the harness makes it. Times are
those of this machine's clock; an answer's is known as an interval, and a limit is called passed
only if it is, wherever in the intervals the attempts were.

A proof that was counted and not mailed stays on record, and nobody can try it.

Two gaps are known: a notice whose function was killed after its count is lost, and a mail of a
killed request that was counted and not sent stays counted for a day. They are allowed only where a
kill was injected, or where DynamoDB broke as well, so that a refund failed (ARCHITECTURE.md,
"Request").
"""

from collections import Counter, defaultdict
from datetime import datetime

# Those of shared/src/domain/rate_limit.rs, said again.
MAILS_PER_DAY = 6
NOTICES_PER_DAY = 6
WRONG_CODES, CODE_WINDOW = 5, 30 * 60
CLIENT_CODES, CLIENT_WINDOW = 30, 5 * 60

VERIFICATION = "verification"

# The members of events that a change of the table decides.
CONTENT = ("uuid", "email", "previous_email", "verified_at", "reason", "occurred_at", "at")

# Rules of the edge under which a refund can get lost: its write fails, too.
LOSES_REFUNDS = "table"

# In seconds, of any function.
LONGEST_RUN = 20

# What SES reports of an address that gets no more mail.
SUPPRESSING = ("bounced", "complained")

# The answers to a refusal that was written.
STOPPED = ("stopped", "already_stopped")

# The answers to a wrong code that was compared, of the API and of the page. The attempts of a right
# one are refunded.
COMPARED = ("invalid_code", "code_wrong")

RULES = []


def rule(function):
    """The first line of a rule's text is its sentence."""
    RULES.append(function)
    return function


def audit(history):
    """The sentences that are broken, each with what breaks it."""
    return {sentence(rule): problems for rule in RULES if (problems := list(rule(history)))}


def sentence(rule):
    return rule.__doc__.splitlines()[0]


@rule
def nothing_fails_in_peace(history):
    """While all calls work, no answer is an error of the service."""
    for answer in history.answers:
        status = answer["status"]
        failed = status is None or status >= 500
        if failed and not answer["killed"] and not history.broken_in(*interval(answer)):
            yield f"{answer['function']} answered {status} to {short(answer)}"


@rule
def each_verification_is_on_record(history):
    """Each 200 of a verification is on record, as a change of the user."""
    changes = {(of["uuid"], of["email"], of["verified_at"]) for of in verified(history)}
    addresses = {(user, email) for user, email, _ in changes}
    for answer in proven(history):
        body = answer["body"]
        if "verified_at" in body:
            found = (answer["user"], body["email"], body["verified_at"]) in changes
        else:
            found = (answer["user"], body.get("email")) in addresses
        if not found:
            yield f"{short(answer)}: {body}"


@rule
def the_last_verification_stays(history):
    """A user's record has the last address that the user verified."""
    last = {of["uuid"]: of for of in verified(history)}
    for user, change in last.items():
        item = history.items.get(f"user#{user}", {})
        if item.get("verified_email") != change["email"]:
            yield f"{user}: {item.get('verified_email')} and not {change['email']}"
    for pk, item in history.items.items():
        if "verified_email" in item and item["user_id"] not in last:
            yield f"{pk} is verified without a change"


@rule
def each_change_is_published_once(history):
    """Each change that is an event is on the bus under one id, and nothing else is."""
    changed = {of["id"]: of for of in history.changes}
    published = {}
    for event in history.events:
        content = {name: event.get(name) for name in ("kind", *CONTENT)}
        if published.setdefault(event["id"], content) != content:
            yield f"{event['id']} is published with two contents"
    for id in changed.keys() - published.keys():
        yield f"{changed[id]} is not published"
    for id in published.keys() - changed.keys():
        yield f"{published[id]} was published without a change"
    for id in changed.keys() & published.keys():
        different = {
            name for name, of in changed[id].items() if name != "id" and published[id][name] != of
        }
        if different:
            yield f"{changed[id]} was published as {published[id]}"


@rule
def each_verification_has_its_proof(history):
    """Each 200 of a verification names an address to which that very proof was mailed."""
    mailed = defaultdict(set)
    for mail in verifications(history):
        for kind in ("token", "code"):
            mailed[mail["user"], kind, mail[kind]].add(mail["to"])
    for answer in proven(history):
        to = mailed[answer["user"], answer["kind"], answer["proof"]]
        if answer["body"].get("email") not in to:
            yield f"{short(answer)}: {answer['body']}, and it was mailed to {to}"


@rule
def each_verified_address_was_proven(history):
    """Each change to a verified address follows an attempt with a proof mailed to it."""
    mailed = defaultdict(set)
    for mail in verifications(history):
        for kind in ("token", "code"):
            mailed[mail["user"], mail["to"]].add(mail[kind])
    tried = defaultdict(list)
    for answer in history.answers:
        if answer["what"] == "verify" and may_have_worked(history, answer):
            tried[answer["user"]].append(answer)
    for change in verified(history):
        user, proofs = change["uuid"], mailed[change["uuid"], change["email"]]
        at = seconds(change["verified_at"])
        if not any(of["proof"] in proofs and is_during(at, of) for of in tried[user]):
            yield f"{user} verified {change['email']} at {at} without a proof"


@rule
def each_mail_is_counted(history):
    """Each mail with a proof is counted on its user and its address."""
    for mail in verifications(history):
        for pk in (f"user#{mail['user']}", f"address#{mail['to'].lower()}"):
            if mail["id"] not in history.items.get(pk, {}).get("mails", {}):
                yield f"{mail['id']} is not counted on {pk}"


@rule
def each_counted_mail_exists(history):
    """Each counted mail exists or was refunded.

    A count without a mail stays only if the function was killed, or answered 503 and its refund
    failed, too. Each such request explains one.
    """
    sent = {mail["id"] for mail in history.mails}
    excuses = defaultdict(list)
    for answer in history.answers:
        if answer["what"] == "request" and lost_refund(history, answer):
            excuses[answer["user"]].append(answer)
            excuses[answer["email"].lower()].append(answer)
    for pk, item in history.items.items():
        kind, _, of = pk.partition("#")
        left = list(excuses[of]) if kind in ("user", "address") else []
        for id, at in item.get("mails", {}).items():
            if id in sent:
                continue
            explains = [answer for answer in left if is_during(at, answer)]
            if explains:
                left.remove(explains[0])
            else:
                yield f"{id} is counted on {pk} at {at}, and was not sent"


@rule
def each_accepted_request_was_mailed(history):
    """Each 200 of a request was mailed, and a key mails at most once.

    After a lost refund its key stays on record, and a duplicate is answered 200 without a mail.
    """
    asked, answered, lost = defaultdict(set), defaultdict(set), defaultdict(set)
    for number, answer in enumerate(history.answers):
        if answer["what"] == "request":
            pair = answer["user"], answer["email"].lower()
            request = answer["key"] or number
            asked[pair].add(request)
            # The page mails nobody who verified the address meanwhile.
            if answer["status"] == 200 and answer["body"].get("state", "mailed") == "mailed":
                answered[pair].add(request)
            elif lost_refund(history, answer):
                lost[pair].add(request)
    mails = Counter((mail["user"], mail["to"].lower()) for mail in verifications(history))
    for pair in asked.keys() | mails.keys():
        least, most = len(answered[pair] - lost[pair]), len(asked[pair])
        if not least <= mails[pair] <= most:
            yield f"{pair}: {mails[pair]} mails, and {least} to {most} requests"


@rule
def nobody_is_mailed_after_a_stop(history):
    """Nobody gets a mail after a bounce, a complaint or a refusal, unless it is allowed again."""
    stopped, allowed = defaultdict(list), defaultdict(list)
    for answer in history.answers:
        match answer["what"], answer["status"]:
            case "report", 200 if answer["outcome"] in SUPPRESSING:
                stopped[answer["email"].lower()].append((answer, False))
            case "stop", 200 if answer["body"].get("state") in STOPPED:
                stopped[answer["email"].lower()].append((answer, True))
            case "allow", _:
                allowed[answer["email"].lower()].append(answer)
    for mail in history.mails:
        to, at = mail["to"].lower(), seconds(mail["at"])
        for stop, may_end in stopped[to]:
            # One that was counted before may be on its way.
            if stop["ended"] + LONGEST_RUN < at and not (
                may_end
                and any(of["ended"] > stop["began"] and of["began"] < at for of in allowed[to])
            ):
                yield f"{mail['id']} went to {to} at {at}, after {short(stop)}"


@rule
def no_mail_limit_is_passed(history):
    """No user and no address gets more mails or notices than a day allows."""
    counts = Counter()
    for mail in history.mails:
        to = mail["to"].lower()
        if mail["kind"] == VERIFICATION:
            counts["mails", to] += 1
            counts["mails", mail["user"]] += 1
        else:
            counts["notices", to] += 1
    limits = {"mails": MAILS_PER_DAY, "notices": NOTICES_PER_DAY}
    for (what, whom), count in counts.items():
        if count > limits[what]:
            yield f"{whom} got {count} {what}"


@rule
def no_code_limit_is_passed(history):
    """No user and no client has more codes compared than its window allows.

    A verification clears the windows of its user.
    """
    cleared = defaultdict(list)
    for change in verified(history):
        cleared[change["uuid"]].append(seconds(change["verified_at"]))
    users, clients = defaultdict(list), defaultdict(list)
    for answer in history.answers:
        if answer["what"] != "verify" or answer["kind"] != "code":
            continue
        body = answer["body"]
        if body.get("code", body.get("state")) in COMPARED:
            users[answer["user"], answer["function"]].append(answer)
            if answer["client"]:
                clients[answer["client"]].append(answer)
    for (user, function), answers in users.items():
        if has_more(answers, WRONG_CODES, CODE_WINDOW, cleared[user]):
            yield f"{user}: more than {WRONG_CODES} codes in {CODE_WINDOW} s by {function}"
    for client, answers in clients.items():
        if has_more(answers, CLIENT_CODES, CLIENT_WINDOW, []):
            yield f"{client}: more than {CLIENT_CODES} codes in {CLIENT_WINDOW} s"


@rule
def each_status_is_that_of_the_record(history):
    """The last status of each user is that of the record."""
    last = {of["user"]: of for of in history.answers if of["what"] == "status"}
    for user, answer in last.items():
        if answer["status"] == 200 and answer.get("is_last"):
            item = history.items.get(f"user#{user}", {})
            found = answer["body"].get("email"), answer["body"].get("verified_at")
            if found != (item.get("verified_email"), item.get("verified_at")):
                yield f"{user}: {found}"


@rule
def each_notice_was_mailed(history):
    """Each counted notice was mailed, unless the function was killed or calls broke."""
    sent = {mail["id"] for mail in history.mails}
    kills = [of for of in history.answers if of["what"] == "notice" and of["killed"]]
    for pk, item in history.items.items():
        for id, at in item.get("notices", {}).items():
            # An attempt's id follows.
            if id.partition(".")[0] in sent or any(is_during(at, kill) for kill in kills):
                continue
            if LOSES_REFUNDS not in history.broken_in(at, at + LONGEST_RUN):
                yield f"{id} is counted on {pk}, and was not sent"


def verified(history):
    return [of for of in history.changes if of["kind"] == "Email Verified"]


def verifications(history):
    return [of for of in history.mails if of["kind"] == VERIFICATION]


def proven(history):
    """The answers that say that an address is verified."""
    return [of for of in history.answers if of["what"] == "verify" and of["status"] == 200]


def may_have_worked(history, answer):
    """A write may be applied although its answer is lost. The next attempt is refused if the user
    moved meanwhile."""
    if answer["status"] in (None, 200) or answer["status"] >= 500:
        return True
    return LOSES_REFUNDS in history.broken_in(*interval(answer))


def lost_refund(history, answer):
    if answer["killed"]:
        return True
    return answer["status"] == 503 and LOSES_REFUNDS in history.broken_in(*interval(answer))


def seconds(timestamp):
    return datetime.fromisoformat(timestamp).timestamp()


def interval(answer):
    return answer["began"], answer["ended"]


def is_during(at, answer):
    """The table has whole seconds."""
    return int(answer["began"]) <= at <= answer["ended"]


def has_more(answers, most, window, cleared):
    """Whether more than `most` were surely within less than a window, which nothing cleared."""
    answers = sorted(answers, key=interval)
    for first, last in zip(answers, answers[most:]):
        began, ended = first["began"], last["ended"]
        # The table has whole seconds.
        if ended - began < window - 1 and not any(began - 1 <= at <= ended for at in cleared):
            return True
    return False


def short(answer):
    shown = ("what", "user", "email", "kind", "proof", "client", "began")
    return {name: answer[name] for name in shown if answer.get(name)}
