"""How the work of a request grows with its size: never more than in proportion."""

import json

import exact

# In bytes. A body has 64 KiB at most.
SIZES = (15_000, 30_000, 60_000)

# What the second step of sizes adds beside the first one, which is half as long: 2 is linear, 4 is
# quadratic.
MOST = 3


def text(member, unit):
    def body(size):
        members = {"email": "ada@example.com", member: unit * (size // len(unit.encode()))}
        return json.dumps(members, ensure_ascii=False)

    return body


def nested(size):
    return '{"event_properties":' + "[" * (size // 2) + "]" * (size // 2) + "}"


BODIES = {
    "a long address": text("email", "a"),
    "an address with many dots": text("email", "a."),
    "an address with many at signs": text("email", "@"),
    "a long domain": lambda size: json.dumps({"email": "ada@" + "a." * (size // 2) + "com"}),
    "a domain in Unicode": text("email", "ada@ü."),
    "a long name": text("first_name", "a"),
    "a name with many dots": text("first_name", "a."),
    "a name of marks": text("first_name", "e\u0301"),
    "a long key": text("uuid", "-"),
    "spaces": lambda size: " " * size,
    "nested arrays": nested,
    "an open string": lambda size: '{"email":"' + "\\" * size,
    "many fields": lambda size: json.dumps({f"{n:06}": 1 for n in range(size // 13)}),
    "one field many times": lambda size: "{" + '"email":1,' * (size // 10) + '"email":1}',
}


def problems_of(subject):
    """The bodies whose work grows faster than they do."""
    event = json.loads(subject.event)
    # Each is refused in its own words.
    subject.invoke = lambda program: program.invoke(subject.event)
    for name, body in BODIES.items():
        counts = []
        for size in SIZES:
            subject.event = json.dumps(event | {"body": body(size)}).encode()
            at_start, first, _ = exact.calls_of(subject)
            counts.append(exact.undisturbed(subject, 1, at_start + first)[0])
        first, second = counts[1] - counts[0], counts[2] - counts[1]
        print(f"{name}: {second / first:.1f}", flush=True)
        if not 0 < second < MOST * first:
            yield f"{name}: {counts} instructions for {SIZES} bytes"
