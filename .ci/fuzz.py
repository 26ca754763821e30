"""Runs the targets of fuzz/, or keeps what they found.

    fuzz.py run PROGRAMS FOLDER SECONDS    each for so long, beside each other
    fuzz.py keep PROGRAMS FOLDER           the inputs in FOLDER that reach more, in fuzz/corpus

PROGRAMS has the built targets, FOLDER the inputs of each. A corpus has one input a line,
percent-encoded, so that its diff can be read. libFuzzer reads a file for each input.
"""

import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

TARGETS = sorted(file.stem for file in Path("fuzz/targets").glob("*.rs"))

# The functions whose events a target reads, too.
FUNCTIONS = {
    "lambda_event": [
        "email_verification_status",
        "request_email_verification",
        "verification_page",
        "verify_email",
    ],
    "ses_event": ["record_mail_events"],
    "stream_record": ["notify_previous_address", "publish_events"],
}

# The longest input in bytes, if it is not a text of one line. Events need room.
MAX_LENGTHS = {"body": 1200, "fields": 1200, "link_damage": 1200} | dict.fromkeys(FUNCTIONS, 4096)
MAX_LENGTH = 400

# In seconds, for an input that never ends. bench/growth.py counts the work of long ones.
TIMEOUT = 10

# About how many inputs are kept of a target at once, and the longest of them in bytes.
KEPT = 80
MAX_KEPT_LENGTH = 400

# All that is visible in ASCII, but for the percent sign.
LITERAL = "".join(chr(code) for code in range(0x21, 0x7F)).replace("%", "")


def line(content: bytes) -> str:
    return quote_from_bytes(content, safe=LITERAL)


def corpus(target: str) -> Path:
    return Path(f"fuzz/corpus/{target}.txt")


def unpack(target: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for text in corpus(target).read_text(encoding="ascii").splitlines():
        content = unquote_to_bytes(text)
        (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def events(target: str) -> list[str]:
    return [f"events/{function}" for function in FUNCTIONS.get(target, [])]


def run(target: str, programs: Path, folder: Path, seconds: int) -> bool:
    inputs, found = folder / "inputs" / target, folder / "found"
    unpack(target, inputs)
    found.mkdir(exist_ok=True)
    output = subprocess.run(
        [
            programs / target,
            f"-max_total_time={seconds}",
            f"-max_len={MAX_LENGTHS.get(target, MAX_LENGTH)}",
            f"-timeout={TIMEOUT}",
            f"-artifact_prefix={found}/{target}-",
            "-print_final_stats=1",
            "-verbosity=0",
            inputs,
            *events(target),
        ],
        stderr=subprocess.PIPE,
        check=False,
    )
    text = output.stderr.decode(errors="replace")
    if output.returncode == 0:
        executions = re.search(r"number_of_executed_units: *(\d+)", text)
        print(f"{target}: {int(executions[1]) if executions else 0:,} executions", flush=True)
        return True
    crash = re.search(r"Test unit written to (.+)", text)
    content = Path(crash[1]).read_bytes() if crash else b""
    print(f"{text[-4000:]}\n{target} fails. A line for {corpus(target)}:", flush=True)
    print(line(content), flush=True)
    return False


def keep(target: str, programs: Path, folder: Path) -> None:
    inputs, kept = folder / "inputs" / target, folder / "kept" / target
    unpack(target, inputs)
    kept.mkdir(parents=True, exist_ok=True)
    for old in kept.iterdir():
        old.unlink()
    # With the events first, only what they do not reach is kept.
    subprocess.run(
        [programs / target, "-set_cover_merge=1", kept, inputs, *events(target)],
        stderr=subprocess.DEVNULL,
        check=True,
    )
    contents = {file.read_bytes() for file in kept.iterdir()} - {b""}
    short = sorted((content for content in contents if len(content) <= MAX_KEPT_LENGTH), key=len)
    before = corpus(target).read_text(encoding="ascii").splitlines()
    # Some of each length.
    some = short[:: max(1, len(short) // KEPT)]
    lines = {*before, *map(line, some)}
    corpus(target).write_text("".join(f"{text}\n" for text in sorted(lines)), encoding="ascii")
    print(f"{target}: {len(lines)} of {len(contents)}", flush=True)


def main() -> None:
    command, programs, folder, *seconds = sys.argv[1:]
    if command == "keep":
        for target in TARGETS:
            keep(target, Path(programs), Path(folder))
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [
            pool.submit(run, target, Path(programs), Path(folder), int(*seconds))
            for target in TARGETS
        ]
    sys.exit(not all(each.result() for each in runs))


main()
