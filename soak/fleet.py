"""The instances of each function, started as Lambda starts them."""

import json
import queue

from program import InvocationFailed, Program
from subject import of_lambda

# One instance handles one event at a time, so parallel events need several.
INSTANCES = {"request_email_verification": 2, "verify_email": 2, "verification_page": 2}


class Fleet:
    """Starts the functions, and gives each event to an instance that waits for one."""

    def __init__(self, bootstraps, variables):
        self.bootstraps, self.variables = bootstraps, variables
        self.programs, self.waiting = [], {name: queue.Queue() for name in bootstraps}
        try:
            for name in bootstraps:
                for _ in range(INSTANCES.get(name, 1)):
                    program = self.start(name)
                    self.programs.append((name, program))
                    self.waiting[name].put(program)
        except BaseException:
            self.stop()
            raise

    def start(self, name, variables={}):
        """Another instance, which gets no events of the others."""
        environment = self.variables | variables | of_lambda(name)
        environment["METRICS_NAMESPACE"] = "Mailproof/soak"
        return Program([str(self.bootstraps[name])], environment)

    def invoke(self, name, event):
        """The answer. None: the function failed, and Lambda would retry the event."""
        program = self.waiting[name].get()
        try:
            return answer_of(program, event)
        finally:
            self.waiting[name].put(program)

    def stop(self):
        for _, program in self.programs:
            program.stop()


def answer_of(program, event):
    try:
        body, _ = program.invoke(json.dumps(event).encode())
    except InvocationFailed:
        return None
    return json.loads(body)
