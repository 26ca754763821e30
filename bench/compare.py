"""What a change has moved: its programs beside those before it, in the same rounds."""

from statistics import median

import exact
from report import ratio, table
from times import in_rounds, interval, median_of, ratios, timed

ROUNDS = 21

# A time has moved if 1 is not in the interval of its ratios, and it moved by this much. Less is of
# no use, and the place of code in a program alone moves it.
LEAST = 0.02
# What Valgrind counts differs by less from run to run.
LEAST_COUNTED = 0.01

FIGURES = {
    "start_cpu": ("CPU of the start, ms", 1e3),
    "first_cpu": ("CPU of the first invocation, ms", 1e3),
    "warm_cpu": ("CPU of a warm one, ms", 1e3),
    "memory": ("peak memory, MB", 1e-6),
}


def compare(pairs):
    """A text for pairs of subjects, the one before the change and the one with it."""
    found = in_rounds(ROUNDS, [subject for pair in pairs for subject in pair], timed)
    rows = []
    for place, (before, after) in enumerate(pairs):
        rows += of_times(after.name, *found[2 * place : 2 * place + 2])
        rows += of_counts(exact.exact(before), exact.exact(after))
    moved = [row for row in rows if row[-1]]
    columns = ["function", "figure", "before", "after", "ratio"]
    text = "\n".join(
        f"* {function}: {figure} {before} → {after}, {times}"
        for function, figure, before, after, times, _ in moved
    )
    return (
        f"## What moved by more than noise\n\n{text or 'Nothing.'}\n\n## All figures\n\n"
        + table(columns, [row[:-1] for row in rows])
    )


def of_times(function, before, after):
    for figure, (name, unit) in FIGURES.items():
        times = ratios(figure, after, before)
        least, most = interval(times)
        moved = not least <= 1 <= most and abs(median(times) - 1) >= LEAST
        shown = (f"{median_of(figure, rounds) * unit:.2f}" for rounds in (before, after))
        yield [function, name, *shown, ratio(times), moved]


def of_counts(before, after):
    columns = exact.COLUMNS + exact.COUNTED
    for name, old, new in list(zip(columns, before, after))[1:]:
        try:
            times = float(new) / float(old)
        except (ValueError, ZeroDivisionError):
            yield [after[0], name, old, new, "", old != new]
            continue
        moved = old != new and (name not in exact.COUNTED or abs(times - 1) >= LEAST_COUNTED)
        yield [after[0], name, old, new, f"{times:.2f}", moved]
