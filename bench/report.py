"""Tables for people."""

import os
import platform
import re
import subprocess
from datetime import date
from pathlib import Path
from statistics import median, quantiles

import exact
from times import MEMORY_SIZES, interval, median_of, ratios

PAGE = Path("docs/performance.md")
HEADING = "## Figures\n"

TIMES = (
    "function",
    "start and first from disk, ms",
    "start, ms (CPU)",
    "first invocation, ms (CPU)",
    "warm one, ms (CPU)",
    "start and first, CPU × floor",
    "first, CPU × floor",
    "warm, CPU × floor",
    "peak memory, MB",
)

# How much a figure may differ from the recorded one, besides its last digit.
TOLERANCE = 0.05
TOLERANCE_OF = {"allocations, warm": 0.01}
LAST_DIGIT = 0.011


def table(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def exact_table(rows):
    return table(exact.COLUMNS + exact.COUNTED, rows)


def times_table(subjects, found):
    """The last subject is the floor."""
    rows = []
    for subject, rounds in zip(subjects, found):
        read = (median_of(figure, rounds) * 1e3 for figure in ("read", "read_first"))
        row = [subject.name, " + ".join(f"{of:.2f}" for of in read)]
        for figure in ("start", "first", "warm"):
            whole, cpu = (median_of(f"{figure}{of}", rounds) * 1e3 for of in ("", "_cpu"))
            row.append(f"{whole:.2f} ({cpu:.2f})")
        for figure in ("both_cpu", "first_cpu", "warm_cpu"):
            row.append(ratio(ratios(figure, rounds, found[-1])))
        row.append(f"{median_of('memory', rounds) / 1e6:.1f}")
        rows.append(row)
    return table(TIMES, rows)


def ratio(of_rounds):
    least, most = interval(of_rounds)
    return f"{median(of_rounds):.2f} ({least:.2f} to {most:.2f})"


def sizes_table(subjects, found):
    """`found` has the rounds of each subject for each memory size."""
    rows = []
    for place, subject in enumerate(subjects):
        row = [subject.name]
        for rounds in (of_size[place] for of_size in found):
            firsts = [first for first, _ in rounds]
            first, slowest = median(firsts), max(firsts)
            warm = quantiles((of for _, warm in rounds for of in warm), n=100)
            shown = (first, slowest, warm[49], warm[98])
            row.append(" / ".join(f"{of * 1e3:.2f}" for of in shown))
        rows.append(row)
    return table(["function", *(f"{size} MB" for size in MEMORY_SIZES)], rows)


def conditions():
    """Commit and machine."""
    commit = subprocess.check_output(["git", "rev-parse", "--short=10", "HEAD"], text=True).strip()
    is_changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", ":!docs"]).returncode
    processor = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return (
        f"Commit `{commit}`{' with changes' if is_changed else ''}, {date.today()}.\n"
        f"{os.cpu_count()} × {processor[1] if processor else 'processor'},"
        f" {platform.machine()}, Linux {platform.release()}.\n"
        f"Before the run the machine had a load of {os.getloadavg()[0]:.1f}."
    )


def write(figures):
    before, _, rest = PAGE.read_text().partition(HEADING)
    after = "".join(re.findall(r"^## .*", rest, re.MULTILINE | re.DOTALL))
    PAGE.write_text("\n".join(filter(None, (f"{before}{HEADING}", f"{figures}\n", after))))


def recorded():
    """The rows of exact figures in the page, by function."""
    rows = {}
    for line in PAGE.read_text().partition(HEADING)[2].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and len(cells) == len(exact.COLUMNS + exact.COUNTED):
            rows[cells[0]] = cells
    return rows


def moved_since(found, recorded):
    """The columns in which a row differs from the recorded one. A column that was not counted does
    not."""
    for name, old, new in zip(exact.COLUMNS + exact.COUNTED, recorded, found, strict=True):
        if new and not is_about(old, new, TOLERANCE_OF.get(name, TOLERANCE)):
            yield f"{name}: {old} is recorded, and it is {new}"


def is_about(old, new, tolerance):
    try:
        old, new = float(old), float(new)
    except ValueError:
        return old == new
    return abs(new - old) <= tolerance * old + LAST_DIGIT
