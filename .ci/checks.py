"""How the programs in this folder check, wait and fail."""

import random
import socket
import sys
import time

# In seconds, for anything that starts or works in the background. Far more than it needs.
TIMEOUT = 60


class CheckFailed(Exception):
    """A failed check, with a message for people."""


def expect(found, expected, what):
    if found != expected:
        raise CheckFailed(f"{what}: found\n  {found}\nand expected\n  {expected}")


def eventually(look, what, process=None):
    """Polls `look` until it returns something. Ends with the process that it waits for, if any."""
    until = time.monotonic() + TIMEOUT
    while time.monotonic() < until:
        if found := look():
            return found
        if process and process.poll() is not None:
            raise CheckFailed(f"{what}: the program ended with {process.returncode}")
        time.sleep(0.05)
    raise CheckFailed(f"{what}: not within {TIMEOUT} s")


def free_port():
    """A port for a program that has to be given one. It is below those that other programs get,
    meanwhile, when they ask for any."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def run_main(main, *arguments):
    """Runs a program's `main`, and ends with the message of a failed check."""
    try:
        main(*arguments)
    except CheckFailed as failure:
        sys.exit(str(failure))
