"""Mixed load on the programs of the functions, with faults, and kills. Then an audit.

    python3 soak BUILD LOCAL SECONDS [SEED]

BUILD is the output folder of `sam build`, and LOCAL the program of `cargo run`, for the services
behind the functions. PYTHONPATH must name .ci and bench.

During the load, a third of the time calls of AWS break (chaos.json). Afterwards each function is
killed between any two of its calls (crashes.py). Then auditor.py reads what happened.
"""

import contextlib
import json
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from auditor import RULES, audit
from checks import CheckFailed, run_main
from run_events import backing_services, functions_in
from soak import Soak

HISTORY = Path("target/ci/soak.json")


def report(history, watch):
    answers = Counter((of["function"], of["status"], of["killed"]) for of in history.answers)
    for (function, status, killed), count in sorted(answers.items(), key=str):
        print(f"{function}: {'killed' if killed else status or 'failed'}, {count} times")
    kinds = Counter(of["kind"] for of in history.mails + history.events)
    print(f"{dict(kinds)}; {len(history.changes)} changes that are events")
    for name, figure, second, last in watch.rows():
        print(f"{name}: {figure}, from {second:.0f} to {last:.0f}")
    # For a person who looks for the cause of a broken rule.
    HISTORY.parent.mkdir(parents=True, exist_ok=True)
    HISTORY.write_text(json.dumps(vars(history), default=repr))
    print(f"The history is in {HISTORY}.")


def main(build, local, seconds, seed="1"):
    # On SIGTERM too, all started programs are ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailproof-soak-")))
        variables = stack.enter_context(backing_services(Path(local).resolve(), folder / "local"))
        soak = Soak(functions_in(Path(build)), variables, seed)
        stack.callback(soak.fleet.stop)
        soak.run(float(seconds))
    report(soak.history, soak.watch)
    problems = soak.problems + list(soak.watch.problems())
    for sentence, found in audit(soak.history).items():
        shown = "\n  ".join(found[:10])
        problems.append(f"Broken: {sentence} {len(found)} times:\n  {shown}")
    if problems:
        raise CheckFailed("\n".join(problems))
    print(f"The audit found nothing against {len(RULES)} rules.")


if __name__ == "__main__":
    run_main(main, *sys.argv[1:])
