"""A portal's endpoint on this machine: it remembers what it is sent, and answers as it is told."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

Answer = tuple[int, Mapping[str, str], bytes]
OK: Answer = (204, {}, b"")


@dataclass(frozen=True)
class Received:
    """One request."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content

    @property
    def place(self) -> tuple[str, int]:
        """Which application, and which of its changes."""
        return self.said["data"]["reference"], self.said["data"]["sequence"]

    def verify(self, secret: str) -> None:
        """As a portal does, with the standard's own library."""
        Webhook(secret).verify(self.body, dict(self.headers))


@dataclass
class Receiver:
    """What it was sent, and `answer`, which is asked about each request (from many threads)."""

    url: str
    answer: Callable[[Received], Answer] = lambda _request: OK
    received: list[Received] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def hang(self, seconds: float = 30.0) -> None:
        """Answer nothing until the test lets go."""
        self.released.wait(seconds)

    @property
    def places(self) -> list[tuple[str, int]]:
        return [one.place for one in self.received]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a port of this machine; with a context, over TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/berceau")
    server.RequestHandlerClass = _handler(receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(headers, self.rfile.read(length))
            receiver.received.append(request)
            status, more, body = receiver.answer(request)
            try:
                self._reply(status, more, body)
            except OSError:  # whoever asked has left
                self.close_connection = True

        def _reply(self, status: int, more: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
