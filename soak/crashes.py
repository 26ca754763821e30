"""Each function is killed between any two of its calls of AWS, and the same event arrives again.

tests/it/chaos/crashes.rs ends runtimes within one process, and compares what is left in detail.
Here SIGKILL ends the programs, and the auditor reads what is left. Here the next call must end
well, and the limits must allow as many mails as before, but for one that a kill left counted.
"""

import contextlib
import itertools
import signal
import threading
import time
import uuid
from functools import partial

from auditor import MAILS_PER_DAY
from callers import PAGE, VERIFY, Call
from checks import TIMEOUT, CheckFailed, eventually, expect
from fleet import answer_of
from gate import Gate
from history import change_of

PAUSED = {"rules": [{"service": "ses", "operation": "SendEmail", "fault": "paused"}]}


# A network of its own, as the load uses up the limits of others.
CLIENT = "192.0.2.99"


class World:
    """The user of one kill, and two addresses that nobody else has."""

    def __init__(self, soak):
        self.soak, self.mails = soak, soak.load.mails
        self.user = str(uuid.uuid4())
        self.address, self.other = (f"{self.user[:18]}@{of}.example" for of in ("first", "second"))

    def ask(self, call, status=200):
        answer = self.soak.callers.ask(call)
        expect(answer["status"], status, f"{call.about} is answered {answer['body']}, its status")

    def request(self):
        return Call.request(self.user, self.address)

    def mailed(self, address=None):
        """Asks for a mail and waits for it."""
        before = len(self.mails[self.user])
        self.ask(Call.request(self.user, address or self.address))
        return eventually(lambda: self.mails[self.user][before:], "a mail")[0]

    def after_mail(self, call):
        self.mailed()
        return call

    def proof(self, function, kind):
        return Call.proof(function, self.user, kind, self.mailed()[kind], CLIENT)

    def wrong_code(self, function):
        right = int(self.mailed()["code"])
        return Call.proof(function, self.user, "code", f"{(right + 1) % 10**6:06}", CLIENT)

    def new_mail(self):
        mail = self.mailed()
        self.soak.backing.expire(self.user, mail["id"])
        return Call.new_mail(mail)

    def allow(self):
        mail = self.mailed()
        self.ask(Call.press(mail, "stop"))
        return Call.press(mail, "allow")

    def verify(self, address):
        token = self.mailed(address)["token"]
        self.ask(Call.proof(VERIFY, self.user, "token", token))

    def use_up(self):
        """Asks until the limit is reached. One mail that was not sent may be counted."""
        while (answer := self.soak.callers.ask(self.request()))["status"] == 200:
            pass
        expect(answer["status"], 429, f"{self.user} asks for too many mails, the status")
        allowed = (MAILS_PER_DAY - 1, MAILS_PER_DAY)
        eventually(lambda: len(self.mails[self.user]) in allowed, "all mails of a day")


# What comes before, with the call that is killed; and what the same call is answered later.
PATHS = {
    "first request": (World.request, 200),
    "repeated request": (lambda world: world.after_mail(world.request()), 200),
    "keyed request": (lambda world: Call.request(world.user, world.address, "key"), 200),
    "move": (lambda world: world.after_mail(Call.request(world.user, world.other)), 200),
    "refused mail": (World.request, 200),
    "new mail": (World.new_mail, 200),
    "link": (lambda world: world.proof(VERIFY, "token"), 200),
    "right code": (lambda world: world.proof(VERIFY, "code"), 200),
    "wrong code": (lambda world: world.wrong_code(VERIFY), 400),
    "status": (lambda world: world.after_mail(Call.status(world.user)), 200),
    "link on the page": (lambda world: world.proof(PAGE, "token"), 200),
    "code on the page": (lambda world: world.proof(PAGE, "code"), 200),
    "wrong code on the page": (lambda world: world.wrong_code(PAGE), 400),
    "refusal": (lambda world: Call.press(world.mailed(), "stop"), 200),
    "end of a refusal": (World.allow, 200),
    "delivery": (lambda world: Call.report(world.mailed(), "delivered"), 200),
    "bounce": (lambda world: Call.report(world.mailed(), "bounced"), 200),
    "complaint": (lambda world: Call.report(world.mailed(), "complained"), 200),
}
# The rules that hold during a kill.
RULES = {"refused mail": PAUSED}
# The user asks on, until the limit is reached.
LIMITED = ("first request", "repeated request", "refused mail")

# The stream invokes these functions with a verification.
OF_STREAM = {"event": "publish_events", "notice": "notify_previous_address"}


def crash_all(soak):
    """Kills at each point of each path. Returns how often."""
    # A bounce would refuse the next mail.
    soak.load.is_reported = False
    count = sum(at_each_point(name, partial(crash, soak, name)) for name in PATHS)
    for name, function in OF_STREAM.items():
        count += at_each_point(name, partial(crash_of_stream, soak, function))
    return count


def at_each_point(name, crash):
    """Before each call, and after the last one was done. What a call does is the same whether its
    answer is read or not, so the other points are among these."""
    made = next(passing for passing in itertools.count() if not crash(passing, False))
    if not made or not crash(made - 1, True):
        raise CheckFailed(f"{name}: {made} calls were made, and then fewer")
    print(f"{name}: killed at {made + 1} points", flush=True)
    return made + 1


def crash(soak, name, passing, is_after):
    """Whether the function makes that many calls, so that it is killed."""
    prepare, status = PATHS[name]
    world = World(soak)
    call = prepare(world)
    with broken(soak, RULES.get(name)):
        killed = kill_at(soak, call, passing, is_after)
    if killed:
        world.ask(call, status)
        if name in LIMITED:
            world.use_up()
    return killed


def crash_of_stream(soak, function, passing, is_after):
    """The same. The stream retries the killed invocation."""
    world = World(soak)
    stream = next(of for of in soak.streams if of.function == function)
    found, is_over, usual = [], threading.Event(), stream.invoke

    def invoke(name, event):
        changes = filter(None, map(change_of, event["Records"]))
        if all(change["email"] != world.other for change in changes):
            return usual(name, event)
        stream.invoke = usual
        call = Call(name, event, what="notice", user=world.user)
        found.append(kill_at(soak, call, passing, is_after))
        is_over.set()
        return None

    world.verify(world.address)
    stream.invoke = invoke
    world.verify(world.other)
    if not is_over.wait(TIMEOUT):
        raise CheckFailed(f"{function} got no verification")
    eventually(lambda: not stream.waiting, f"what the stream has for {function}")
    return found[0]


def kill_at(soak, call, passing, is_after):
    gate = Gate(soak.backing.variables)
    program = soak.fleet.start(call.function, gate.variables)
    gate.kill_at(program.process, passing, is_after)
    began, answer, killed = time.time(), None, False
    try:
        answer = answer_of(program, call.event)
    except (CheckFailed, OSError):
        killed = program.process.wait(TIMEOUT) == -signal.SIGKILL
        if not killed:
            raise
    finally:
        program.stop()
        gate.close()
    soak.callers.record(call, began, answer, killed)
    return killed


@contextlib.contextmanager
def broken(soak, rules):
    if rules is None:
        yield
        return
    began = time.time()
    soak.backing.break_calls(rules)
    try:
        yield
    finally:
        soak.backing.break_calls(None)
        soak.history.faults.append(("mail", began, time.time()))
