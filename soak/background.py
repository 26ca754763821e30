"""What runs beside the main thread."""

import contextlib
import threading


class Tasks:
    """Threads that run until `ended`. One that fails ends all."""

    def __init__(self, tasks):
        self.ended, self.failures = threading.Event(), []
        self.threads = [
            threading.Thread(target=self._run, args=[task], daemon=True) for task in tasks
        ]

    def _run(self, task):
        try:
            task(self.ended)
        except BaseException as failure:
            self.failures.append(failure)
            self.ended.set()


@contextlib.contextmanager
def started(*tasks):
    """Runs tasks, each of which gets an event that ends it. Fails with the first that fails."""
    running = Tasks(tasks)
    for thread in running.threads:
        thread.start()
    try:
        yield running
    finally:
        running.ended.set()
        for thread in running.threads:
            thread.join()
        for failure in running.failures:
            raise failure
