"""AWS's services, as the functions see them: TLS, and the answers of the local emulators.

An emulator is slow and its table changes. So it answers the first run of a function alone, and all
later runs get these answers again.
"""

import http.client
import ssl
import subprocess
import threading
from urllib.parse import urlsplit

from checks import TIMEOUT
from wire import Connection, accept, answer, listen

# What a connection that is opened ahead asks for. DynamoDB answers with a few bytes.
OPEN = "GET /"
OPENED = answer("200 OK", {"content-type": "text/plain"}, b"healthy")

# In the place of an operation.
CONNECT = "connect"

# SES has no header with the operation.
OPERATIONS = {"POST /v2/email/outbound-emails": "SendEmail"}

# AWS presents three certificates with RSA keys of 2048 bits.
OPENSSL_SETTINGS = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
[server]
subjectAltName = IP:127.0.0.1
"""


def certificates(folder):
    """Writes a root, an intermediate and a server's certificate. Returns the path of the root, and
    the settings of a server with the three."""
    settings = folder / "openssl.cnf"
    settings.write_text(OPENSSL_SETTINGS)
    signer = None
    for name, section in (
        ("root", "authority"),
        ("intermediate", "authority"),
        ("server", "server"),
    ):
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        command += ["-config", settings, "-extensions", section, "-subj", f"/CN=bench {name}"]
        command += ["-out", folder / f"{name}.pem", "-keyout", folder / f"{name}.key"]
        if signer:
            command += ["-CA", folder / f"{signer}.pem", "-CAkey", folder / f"{signer}.key"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        signer = name
    chain = folder / "chain.pem"
    presented = ("server", "intermediate", "root")
    chain.write_text("".join((folder / f"{name}.pem").read_text() for name in presented))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, folder / "server.key")
    return folder / "root.pem", tls


class Service:
    """One service on a port of its own. `calls` gets each connection, and the operation of each
    call with the length of its body."""

    def __init__(self, emulator, tls, calls):
        self.emulator, self.tls, self.calls = urlsplit(emulator).netloc, tls, calls
        self.recording, self.answers = True, {OPEN: OPENED}
        listener = listen()
        self.url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def _accept(self, listener):
        while True:
            connected = accept(listener)
            self.calls.append((CONNECT, 0))
            threading.Thread(target=self._serve, args=[connected], daemon=True).start()

    def _serve(self, connected):
        try:
            connection = Connection(self.tls.wrap_socket(connected, server_side=True))
            while request := connection.read():
                connection.write(self._answer(*request))
        except OSError:
            # A function that ends does not close its connections.
            connected.close()

    def _answer(self, line, headers, body):
        call = line.removesuffix(" HTTP/1.1")
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        operation = operation or OPERATIONS.get(call, call)
        self.calls.append((operation, len(body)))
        if self.recording and operation != OPEN:
            asked = forward(self.emulator, call, headers, body)
            self.answers[operation] = self.answers[operation, body] = asked
        # Reads repeat. Writes have random tokens, so they get the answer to the recorded one.
        unknown = answer("400 Bad Request", {}, b"not recorded")
        return self.answers.get((operation, body)) or self.answers.get(operation, unknown)


def forward(server, call, headers, body):
    """Makes a call, such as `POST /`, of the server at this host and port. Returns its answer."""
    emulator = http.client.HTTPConnection(server, timeout=TIMEOUT)
    method, path = call.split(" ")
    emulator.request(method, path, body, headers)
    response = emulator.getresponse()
    answered = response.read()
    of_connection = {"connection", "content-length", "transfer-encoding"}
    kept = {
        name: value for name, value in response.getheaders() if name.lower() not in of_connection
    }
    emulator.close()
    return answer(f"{response.status} {response.reason}", kept, answered)
