"""Figures that hardly depend on the machine, so that a check can compare them: sizes, calls to AWS,
and what Valgrind counts."""

import itertools
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from artefacts import zipped
from checks import CheckFailed

# Valgrind makes a program some fifty times slower.
WARM = 10
ATTEMPTS = 10

ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}
FUNCTION = re.compile(r"^c?fn=\((\d+)\)(?: (.+))?$")
CALLS = re.compile(r"^calls=(\d+) ")

COLUMNS = (
    "function",
    "bootstrap MB",
    "zip MB",
    "calls at start",
    "calls of the first invocation",
    "calls of a warm one",
    "kB to AWS, warm",
)
# What needs Valgrind.
COUNTED = (
    "allocations, warm",
    "M instructions, start",
    "M instructions, first invocation",
    "M instructions, warm",
)


def exact(subject):
    """The figures of COLUMNS and COUNTED, as a table shows them."""
    program = subject.bootstrap.read_bytes()
    calls = calls_of(subject)
    columns = [
        subject.name,
        f"{len(program) / 1e6:.2f}",
        f"{len(zipped(program)) / 1e6:.2f}",
        *map(listed, calls),
        f"{sum(length for _, length in calls[-1]) / 1e3:.2f}",
    ]
    return columns + (counted(subject, *calls) if can_count() else [""] * len(COUNTED))


def calls_of(subject):
    """At the start, of the first invocation and of the second."""
    counts = [0]
    with subject.start() as program:
        counts.append(len(subject.calls))
        for _ in range(2):
            subject.invoke(program)
            counts.append(len(subject.calls))
    return [subject.calls[begin:end] for begin, end in itertools.pairwise(counts)]


def listed(calls):
    # Sorted, as calls to different services have no order.
    counts = sorted(Counter(operation for operation, _ in calls).items())
    shown = (of if count == 1 else f"{count} × {of}" for of, count in counts)
    return ", ".join(shown) or "none"


def can_count():
    return shutil.which("valgrind") is not None


def counted(subject, at_start, first, warm):
    runs = (at_start, at_start + first, at_start + first + warm * WARM)
    start, one, all_of_them = (
        undisturbed(subject, invocations, calls)
        for invocations, calls in zip((0, 1, 1 + WARM), runs)
    )
    instructions = [
        start[0] / 1e6,
        (one[0] - start[0]) / 1e6,
        (all_of_them[0] - one[0]) / 1e6 / WARM,
    ]
    allocations = (all_of_them[1] - one[1]) / WARM
    return [f"{allocations:.0f}", *(f"{of:.2f}" for of in instructions)]


def undisturbed(subject, invocations, calls):
    """On a busy machine, a function under Valgrind is so slow that its own timeouts end calls. Such
    a run is repeated."""
    for _ in range(ATTEMPTS):
        try:
            found = instructions_and_allocations(subject, invocations)
        except CheckFailed as failed:
            problem = failed
            continue
        if (made := listed(subject.calls)) == listed(calls):
            return found
        problem = f"the calls {made}, and not {listed(calls)}"
    raise CheckFailed(f"{subject.name} under Valgrind: {problem}. Is the machine busy?")


def instructions_and_allocations(subject, invocations):
    with tempfile.NamedTemporaryFile(prefix="mailproof-callgrind-") as file:
        tool = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={file.name}"]
        with subject.start(*tool) as program:
            for _ in range(invocations):
                subject.invoke(program)
        return totals_of(Path(file.name).read_text())


def totals_of(profile):
    """The instructions of a profile, and how often it calls an allocator. It names a function
    once, with a number, and has the number alone from then on."""
    names, named, allocations = {}, None, 0
    for line in profile.splitlines():
        if match := FUNCTION.match(line):
            named, name = match.groups()
            names.setdefault(named, name)
        # The line before has the called function.
        elif (match := CALLS.match(line)) and names[named] in ALLOCATORS:
            allocations += int(match[1])
    return int(re.search(r"^totals: (\d+)$", profile, re.MULTILINE)[1]), allocations
