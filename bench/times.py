"""Figures that depend on the machine, and hold only beside those of the same run."""

import os
import random
import statistics
import time
from math import comb

from program import PERIOD, cpu_share

WARM = 100

MEMORY_SIZES = (128, 256, 512, 1769)
WARM_OF_A_SIZE = 10


def in_rounds(count, subjects, measure):
    """What `measure` returns for each subject in each round. What slows the machine down for some
    seconds slows all of them down."""
    found = [[] for _ in subjects]
    places = list(range(len(subjects)))
    for _ in range(count):
        for place in places:
            found[place].append(measure(subjects[place]))
        places.reverse()
    return found


def timed(subject):
    """Seconds, in all and of the processor, and bytes."""
    forget(subject.bootstrap)
    with subject.start() as program:
        figures = {"read": program.started_in, "read_first": subject.invoke(program)}
    with subject.start() as program:
        figures |= {"start": program.started_in, "start_cpu": program.cpu()}
        figures["first"] = subject.invoke(program)
        figures["first_cpu"] = program.cpu() - figures["start_cpu"]
        warm = [subject.invoke(program) for _ in range(WARM)]
        figures["warm"] = statistics.median(warm)
        of_warm = program.cpu() - figures["start_cpu"] - figures["first_cpu"]
        figures["warm_cpu"] = of_warm / WARM
        figures["memory"] = program.peak_memory()
    figures["both_cpu"] = figures["start_cpu"] + figures["first_cpu"]
    return figures


def forget(path):
    """Removes a file from the page cache, where a new sandbox does not have it either."""
    with open(path, "rb") as file:
        os.fsync(file)
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def timed_at(memory):
    """Measures the first invocation and the warm ones of a memory size, in seconds. Lambda starts a
    program with a whole processor. A warm invocation comes after a pause, as those of a rarely
    used instance do, so it has the share of a whole period."""

    def measure(subject):
        with cpu_share(memory) as processes, subject.start() as program:
            processes.write_text(f"{program.process.pid}\n")
            first, warm = subject.invoke(program), []
            for _ in range(WARM_OF_A_SIZE):
                time.sleep(random.uniform(1, 2) * PERIOD / 1e6)
                warm.append(subject.invoke(program))
        return first, warm

    return measure


def share_is_permitted():
    with cpu_share(MEMORY_SIZES[0]) as processes:
        return processes is not None


def ratios(figure, of, to):
    """Round by round."""
    return [a[figure] / b[figure] for a, b in zip(of, to)]


def median_of(figure, rounds):
    return statistics.median(found[figure] for found in rounds)


def interval(values):
    """The 99 % confidence interval of the median: two of the values, counted from both ends. Less
    than eight values are too few, and these are the least and the greatest."""
    count, rank, outside = len(values), 0, 0
    while (outside := outside + comb(count, rank) / 2**count) <= 0.005:
        rank += 1
    values, rank = sorted(values), max(rank, 1)
    return values[rank - 1], values[-rank]
