"""What the functions cost: time, memory, instructions, allocations and calls to AWS.

    python3 bench check BUILD LOCAL            compares what is exact with docs/performance.md
    python3 bench growth BUILD LOCAL           compares the work of requests of different sizes
    python3 bench measure BUILD OTHERS LOCAL   measures all, and writes docs/performance.md
    python3 bench compare BASE BUILD LOCAL     says what a change has moved

BUILD and BASE are output folders of `sam build`. OTHERS has the programs of bench/floor.rs and
bench/calls. LOCAL is the program of `cargo run`, for the services behind the functions. PYTHONPATH
must name .ci.

Each bootstrap runs under a stub of Lambda's Runtime API, beside stand-ins for AWS's services with
TLS. The others are a function that does nothing, and those that make the same calls as a function
and nothing else, built in the same way.
"""

import os
import signal
import sys
from pathlib import Path

import compare as comparison
import exact
import report
from artefacts import function_of
from checks import CheckFailed, run_main
from growth import problems_of
from subject import FLOOR, subjects
from times import MEMORY_SIZES, in_rounds, share_is_permitted, timed, timed_at

ROUNDS = 15
ROUNDS_OF_A_SIZE = 15


def bootstraps(build):
    found = {
        function_of(path.parent.name): path for path in sorted(Path(build).glob("*/bootstrap"))
    }
    if not found:
        raise CheckFailed(f"There is no bootstrap in {build}.")
    return found


def check(build, local):
    rows, problems, recorded = [], [], report.recorded()
    with subjects(local) as make:
        for name, bootstrap in bootstraps(build).items():
            try:
                row = exact.exact(make.function(name, bootstrap))
            except CheckFailed as failed:
                problems.append(str(failed))
                continue
            rows.append(row)
            if name not in recorded:
                problems.append(f"{name} is not in {report.PAGE}.")
                continue
            problems += [f"{name}, {of}" for of in report.moved_since(row, recorded[name])]
    print(report.exact_table(rows))
    if problems:
        listed = "\n".join(problems)
        raise CheckFailed(
            f"\n{listed}\nIf this is right, put the rows above into {report.PAGE},"
            " or write it with `.ci/run bench`."
        )


def growth(build, local):
    name = "request_email_verification"
    with subjects(local) as make:
        problems = list(problems_of(make.function(name, bootstraps(build)[name])))
    if problems:
        raise CheckFailed("\n".join(problems))


def measure(build, others, local):
    if not exact.can_count():
        raise CheckFailed("Install Valgrind, which counts instructions and allocations.")
    conditions = report.conditions()
    with subjects(local) as make:
        measured = [make.function(name, path) for name, path in bootstraps(build).items()]
        others = {path.parent.name: path for path in sorted(Path(others).glob("*/bootstrap"))}
        floor = make.floor(others.pop(FLOOR))
        measured += [*(make.calls(name, path) for name, path in others.items()), floor]
        print("Counting", flush=True)
        parts = [conditions, "### Exact", report.exact_table(map(exact.exact, measured))]
        print(f"Timing, {ROUNDS} rounds", flush=True)
        times = in_rounds(ROUNDS, measured, timed)
        parts += ["### Times", report.times_table(measured, times)]
        parts.append("### At a memory size")
        if share_is_permitted():
            found = []
            for size in MEMORY_SIZES:
                print(f"Timing at {size} MB, {ROUNDS_OF_A_SIZE} rounds", flush=True)
                found.append(in_rounds(ROUNDS_OF_A_SIZE, measured, timed_at(size)))
            parts.append(report.sizes_table(measured, found))
        else:
            parts.append("Not measured: only root may limit the processor.")
    figures = "\n\n".join(parts)
    print(figures)
    report.write(figures)


def compare(base, build, local):
    bases, pairs = bootstraps(base), []
    with subjects(local) as make:
        for name, bootstrap in bootstraps(build).items():
            try:
                before = make.function(name, bases[name])
            except (KeyError, CheckFailed) as reason:
                print(f"{name} is not compared: {reason!r} before the change.\n")
                continue
            pairs.append((before, make.function(name, bootstrap)))
        print(comparison.compare(pairs))


if __name__ == "__main__":
    # On SIGTERM too, all started programs are ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    commands = {command.__name__: command for command in (check, growth, measure, compare)}
    _, command, *arguments = sys.argv
    run_main(commands[command], *map(os.path.abspath, arguments))
