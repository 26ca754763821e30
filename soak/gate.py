"""A proxy between one function and AWS's services. It kills the function at a call."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

from services import OPEN, OPENED, forward
from wire import Connection, accept, listen

ENDPOINT = "AWS_ENDPOINT_URL_"


class Gate:
    """Passes calls until it kills."""

    def __init__(self, variables):
        self.process, self.passing, self.is_after = None, 0, False
        self.lock, self.calls, self.listeners = threading.Lock(), 0, []
        self.variables = {
            name: self._proxy(urlsplit(url).netloc)
            for name, url in variables.items()
            if name.startswith(ENDPOINT)
        }

    def kill_at(self, process, passing, is_after):
        """Passes that many calls, and kills the process in the next one: before the service gets
        it, or once it was done and before its answer."""
        self.process, self.passing, self.is_after = process, passing, is_after

    def close(self):
        for listener in self.listeners:
            # Ends the wait of its thread, too.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _proxy(self, server):
        listener = listen()
        self.listeners.append(listener)
        threading.Thread(target=self._accept, args=[listener, server], daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def _accept(self, listener, server):
        with contextlib.suppress(OSError):
            while True:
                connected = accept(listener)
                arguments = [connected, server]
                threading.Thread(target=self._serve, args=arguments, daemon=True).start()

    def _serve(self, connected, server):
        try:
            connection = Connection(connected)
            while request := connection.read():
                answer = self._answer(server, *request)
                if answer is None:
                    break
                connection.write(answer)
        except OSError:
            # The function was killed.
            pass
        connected.close()

    def _answer(self, server, line, headers, body):
        call = line.removesuffix(" HTTP/1.1")
        if call == OPEN:
            return OPENED
        with self.lock:
            is_last = self.calls == self.passing
            self.calls += 1
        if is_last and not self.is_after:
            self.process.kill()
            return None
        answer = forward(server, call, headers, body)
        if is_last:
            self.process.kill()
            return None
        return answer
