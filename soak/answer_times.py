"""Whether the time of an answer tells who is a user: unknown, pending and verified ones compared.

    python3 soak/answer_times.py BUILD LOCAL [ROUNDS]

BUILD and LOCAL are those of `soak`, and so is PYTHONPATH. In each round a wrong code and a wrong
link are tried for one new user of each kind, in the API and on the page, in random order. Printed
are the medians, and how often a user of a kind waits longer than an unknown one: 0.5 tells nothing.
It is a measurement, thus no part of CI.
"""

import contextlib
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from pathlib import Path

from backing import Backing
from callers import PAGE, VERIFY, Call, Callers
from checks import run_main
from fleet import Fleet
from history import History
from run_events import backing_services, functions_in

KINDS = ("unknown", "pending", "verified")
# The first rounds are those of cold programs.
WARM_UP = 20
RESAMPLES = 500


def client():
    """A network that has tried no code yet."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"


def user_of(kind, callers, backing):
    user = str(uuid.uuid4())
    if kind != "unknown":
        callers.ask(Call.request(user, f"{user}@example.com"))
        (mail,) = backing.take_mails()
        if kind == "verified":
            callers.ask(Call.proof(VERIFY, user, "token", mail["token"]))
    return user


def wrong_proofs(user):
    """A wrong code is right once in a million times."""
    token = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=42)) + "A"
    for function in (VERIFY, PAGE):
        yield function, "code", f"{random.randrange(10**6):06}"
        yield function, "token", token


def measure(rounds, callers, backing):
    """Seconds by function, proof and kind."""
    times = defaultdict(list)
    for number in range(-WARM_UP, rounds):
        users = {kind: user_of(kind, callers, backing) for kind in KINDS}
        calls = [
            ((function, proof, kind), Call.proof(function, user, proof, value, client()))
            for kind, user in users.items()
            for function, proof, value in wrong_proofs(user)
        ]
        random.shuffle(calls)
        for name, call in calls:
            began = time.perf_counter()
            callers.fleet.invoke(call.function, call.event)
            if number >= 0:
                times[name].append(time.perf_counter() - began)
    return times


def waits_longer(one, other):
    """How often a time of `one` is longer than that of `other` of the same round."""
    return statistics.mean((a > b) + (a == b) / 2 for a, b in zip(one, other, strict=True))


def interval(one, other):
    """Its 99 % confidence interval, by resampling the rounds."""
    pairs = list(zip(one, other, strict=True))
    found = sorted(
        waits_longer(*zip(*random.choices(pairs, k=len(pairs)), strict=True))
        for _ in range(RESAMPLES)
    )
    return found[RESAMPLES // 200], found[-1 - RESAMPLES // 200]


def report(times):
    for function, proof in dict.fromkeys(name[:2] for name in times):
        unknown = times[function, proof, "unknown"]
        print(f"{function}, a wrong {proof}:")
        for kind in KINDS:
            of = times[function, proof, kind]
            line = f"  {kind}: {statistics.median(of) * 1000:.2f} ms"
            if kind != "unknown":
                low, high = interval(of, unknown)
                line += f", longer in {waits_longer(of, unknown):.2f} ({low:.2f} to {high:.2f})"
            print(line)


def main(build, local, rounds="1000"):
    random.seed(1)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailproof-times-")))
        variables = stack.enter_context(backing_services(Path(local).resolve(), folder / "local"))
        fleet = Fleet(functions_in(Path(build)), variables)
        stack.callback(fleet.stop)
        report(measure(int(rounds), Callers(fleet, History()), Backing(variables)))


if __name__ == "__main__":
    run_main(main, *sys.argv[1:])
