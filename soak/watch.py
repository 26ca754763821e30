"""Whether the programs leak: memory, descriptors and sockets of each, over time."""

import os
import re
import statistics
from pathlib import Path

SAMPLE_INTERVAL = 1  # s

# The median of the last third may be this much above that of the second. The first third is for
# warming up. Each third has the same share of faults, which make more connections for a while.
MEMORY_TOLERANCE = 0.05
# Of connections, one more may be open at that time.
COUNT_TOLERANCE = 1
# A shorter third is warming up as well, and is not judged.
LEAST_SAMPLES = 240


class Watch:
    def __init__(self, programs):
        self.programs = programs
        self.samples = [[] for _ in programs]

    def run(self, ended):
        while not ended.wait(SAMPLE_INTERVAL):
            for (_, program), samples in zip(self.programs, self.samples):
                samples.append(sample(program.process.pid))

    def rows(self):
        """Name, figure, and the medians of the second third and the last, if they are long."""
        for (name, program), samples in zip(self.programs, self.samples):
            third = len(samples) // 3
            if third < LEAST_SAMPLES:
                continue
            for figure, *values in zip(("kB", "descriptors", "sockets"), *samples):
                second, last = values[third : 2 * third], values[2 * third :]
                yield name, figure, statistics.median(second), statistics.median(last)

    def problems(self):
        for name, figure, second, last in self.rows():
            if not is_flat(figure, second, last):
                yield f"{name}: {figure} grow, from {second:.0f} to {last:.0f}"


def is_flat(figure, second, last):
    if figure == "kB":
        return last <= second * (1 + MEMORY_TOLERANCE)
    return last <= second + COUNT_TOLERANCE


def sample(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    memory = int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[1])
    folder = Path(f"/proc/{pid}/fd")
    descriptors = list(folder.iterdir())
    sockets = 0
    for of in descriptors:
        try:
            sockets += os.readlink(of).startswith("socket:")
        except FileNotFoundError:
            # It was closed meanwhile.
            pass
    return memory, len(descriptors), sockets
