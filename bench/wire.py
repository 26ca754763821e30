"""HTTP/1.1 on a socket, as much of it as the functions speak."""

import socket


class Connection:
    def __init__(self, connected):
        self.socket = connected
        self.received = b""

    def read(self):
        """The first line, the headers and the body of a request. None: it was closed."""
        while (end := self.received.find(b"\r\n\r\n")) < 0:
            if not self._receive():
                return None
        first, *lines = self.received[:end].decode("latin-1").split("\r\n")
        self.received = self.received[end + 4 :]
        fields = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self._take(int(headers.get("content-length", 0)))
        return first, headers, body

    def write(self, data):
        self.socket.sendall(data)

    def _receive(self):
        received = self.socket.recv(1 << 16)
        self.received += received
        return bool(received)

    def _take(self, length):
        while len(self.received) < length:
            if not self._receive():
                raise ConnectionError("the connection was closed within a body")
        taken, self.received = self.received[:length], self.received[length:]
        return taken

    def _chunk(self):
        while (end := self.received.find(b"\r\n")) < 0:
            if not self._receive():
                raise ConnectionError("the connection was closed within a body")
        length = int(self.received[:end], 16)
        self.received = self.received[end + 2 :]
        return self._take(length + 2)[:-2]


def answer(status, headers, body):
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def listen():
    return socket.create_server(("127.0.0.1", 0))


def accept(listener):
    connected, _ = listener.accept()
    # A small write must not wait for the acknowledgement of the one before.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected
