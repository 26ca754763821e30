"""One run: load with faults, then kills. It leaves a history."""

import json
import time
from pathlib import Path

from background import started
from backing import Backing, Collector
from callers import Call, Callers
from checks import TIMEOUT, CheckFailed
from crashes import crash_all
from fleet import Fleet
from history import History, change_of
from load import Load
from stream import Stream
from watch import Watch

WORKERS = 4

RULES = json.loads(Path(__file__).with_name("chaos.json").read_text())
# The last third of each part has faults, by the two sets of rules in turn. Each third of the whole
# load has one part of each, so that the thirds can be compared.
PARTS = 6

# For how long nothing new may happen until all is over. A failed event is retried earlier.
SETTLED = 3  # s


class Soak:
    def __init__(self, bootstraps, variables, seed):
        self.backing, self.history = Backing(variables), History()
        self.before = self.backing.items()
        self.fleet = Fleet(bootstraps, variables)
        self.callers = Callers(self.fleet, self.history)
        self.load = Load(seed, self.callers)
        self.collector = Collector(self.backing, self.history, self.load.got)
        self.watch = Watch(self.fleet.programs)
        # With the batch sizes of template.yaml.
        self.streams = [
            self._stream("publish_events", 10, lambda record: True, self._changed),
            self._stream("notify_previous_address", 1, had_verified, lambda record: None),
        ]
        # What failed besides the functions.
        self.problems = []

    def _stream(self, function, *how):
        return Stream(self.backing, function, self.fleet.invoke, *how)

    def _changed(self, record):
        if change := change_of(record):
            self.history.changes.append(change)

    def run(self, seconds):
        streams = [stream.run for stream in self.streams]
        with started(self.collector.run, self.load.report, *streams) as behind:
            with started(self.watch.run, *map(self.load.work, range(WORKERS))) as load:
                for number in range(PARTS):
                    self._part(seconds / PARTS, list(RULES)[number % len(RULES)], load)
            self._settle(behind)
            try:
                print(f"{crash_all(self)} kills", flush=True)
            except CheckFailed as problem:
                self.problems.append(str(problem))
            self._settle(behind)
            for user in {mail["user"] for mail in self.history.mails if mail["user"]}:
                self.callers.ask(Call.status(user))["is_last"] = True
        items = self.backing.items()
        self.history.items = {pk: of for pk, of in items.items() if pk not in self.before}

    def _part(self, seconds, name, load):
        load.ended.wait(seconds * 2 / 3)
        began = time.time()
        self.backing.break_calls(RULES[name])
        load.ended.wait(seconds / 3)
        broken = self.backing.broken_calls()
        self.backing.break_calls(None)
        self.history.faults.append((name, began, time.time()))
        print(f"{broken} calls broke by the rules of {name}", flush=True)

    def _settle(self, behind):
        """Waits until everything that follows from the answers so far has happened. What takes long
        must go on."""
        before, since = None, time.monotonic()
        while not behind.ended.wait(SETTLED):
            waiting = [len(stream.waiting) for stream in self.streams]
            waiting.append(len(self.load.unreported))
            history = self.history
            now = waiting, [len(of) for of in (history.mails, history.events, history.answers)]
            if now != before:
                before, since = now, time.monotonic()
            elif not any(waiting):
                return
            elif time.monotonic() - since > TIMEOUT:
                raise CheckFailed(f"{waiting} changes and mails wait, and nothing happens")


def had_verified(record):
    """As the filter of the function in template.yaml."""
    return "verified_email" in record["dynamodb"].get("OldImage", {})
