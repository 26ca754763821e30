"""A bootstrap under a stub of Lambda's Runtime API, and what the kernel knows of its process."""

import contextlib
import os
import re
import subprocess
import time
from pathlib import Path

from checks import TIMEOUT, CheckFailed
from wire import Connection, accept, answer, listen

# Lambda gives a function of this size one processor, and others a share of it in each period.
MEMORY_OF_A_PROCESSOR = 1769
PERIOD = 20_000  # µs

# How often a program that does not ask for an event is looked at.
POLL_INTERVAL = 0.1  # s


class InvocationFailed(CheckFailed):
    """The function answered with an error of its own. It waits for its next event."""


class Program:
    """A started program that waits for its next event."""

    def __init__(self, command, environment):
        self.listener = listen()
        self.listener.settimeout(POLL_INTERVAL)
        host, port = self.listener.getsockname()
        started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            env=environment | {"AWS_LAMBDA_RUNTIME_API": f"{host}:{port}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            self.connection = self._accept()
            self._wait_for_next()
        except BaseException:
            self.stop()
            raise
        self.started_in = time.perf_counter() - started
        self.invocations = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        # Valgrind writes its file on this signal.
        self.process.terminate()
        self.process.wait(TIMEOUT)
        self.listener.close()

    def invoke(self, event):
        """The answer, and the seconds until it was here."""
        self.invocations += 1
        headers = {
            "content-type": "application/json",
            "lambda-runtime-aws-request-id": f"00000000-0000-4000-8000-{self.invocations:012}",
            "lambda-runtime-deadline-ms": int((time.time() + TIMEOUT) * 1000),
            "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function",
            "lambda-runtime-trace-id": "Root=1-6923a1b2-4c8d9e0f1a2b3c4d5e6f7a8b;Sampled=0",
        }
        request = answer("200 OK", headers, event)
        began = time.perf_counter()
        self.connection.write(request)
        line, _, body = self._read()
        took = time.perf_counter() - began
        self.connection.write(answer("202 Accepted", {}, b""))
        self._wait_for_next()
        if not line.endswith("/response HTTP/1.1"):
            raise InvocationFailed(f"{self.process.args}: {line}\n{body.decode()}")
        return body, took

    def cpu(self):
        """The seconds of all threads. Lets the program finish what it does beside waiting."""
        time.sleep(0.005)
        # The clock of another process, as clock_getcpuclockid makes it.
        return time.clock_gettime_ns(~self.process.pid << 3 | 2) / 1e9

    def peak_memory(self):
        """Bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024

    def _accept(self):
        for _ in range(int(TIMEOUT / POLL_INTERVAL)):
            with contextlib.suppress(TimeoutError):
                connected = accept(self.listener)
                connected.settimeout(TIMEOUT)
                return Connection(connected)
            if self.process.poll() is not None:
                break
        raise CheckFailed(f"{self.process.args} does not ask for an event")

    def _read(self):
        while not (request := self.connection.read()):
            self.connection = self._accept()
        return request

    def _wait_for_next(self):
        line, _, body = self._read()
        if line != "GET /2018-06-01/runtime/invocation/next HTTP/1.1":
            raise CheckFailed(f"{self.process.args}: {line}\n{body.decode()}")


@contextlib.contextmanager
def cpu_share(memory):
    """A cgroup with the processor's share of a memory size in MB. Yields the file that puts a
    process into it. None: this user may not make one."""
    quota = PERIOD * memory // MEMORY_OF_A_PROCESSOR
    group, settings = Path("/sys/fs/cgroup/cpu"), {"cpu.cfs_period_us": PERIOD}
    if group.exists():
        settings["cpu.cfs_quota_us"] = quota
    else:
        group, settings = group.parent, {"cpu.max": f"{quota} {PERIOD}"}
    group /= f"mailproof-bench-{os.getpid()}"
    try:
        group.mkdir(exist_ok=True)
        for name, value in settings.items():
            (group / name).write_text(f"{value}\n")
    except OSError:
        yield None
        return
    try:
        yield group / "cgroup.procs"
    finally:
        group.rmdir()
