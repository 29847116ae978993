"""How one knows, from outside, that a program can be used."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from services.command.stack.ports import HOST, reserve
from services.command.stack.readiness import answers, listens


class Pages(BaseHTTPRequestHandler):
    """`/readyz` is ready, anything else is not."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer((HOST, 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_page_is_ready_when_it_says_so(port: int) -> None:
    """A 200 is ready, a 503 is not."""
    assert [True, False] == [answers(port, path)() for path in ("/readyz", "/other")]


def test_a_port_is_ready_when_it_listens(port: int) -> None:
    """A port that takes connections is ready."""
    assert listens(port)()


@pytest.mark.parametrize("checks", [lambda port: answers(port, "/"), listens])
def test_nobody_there_is_not_ready(checks: Callable[[int], Callable[[], bool]]) -> None:
    """Nobody at the port is an OSError, which a start takes for 'not yet'."""
    with reserve() as silent, pytest.raises(ConnectionRefusedError):
        checks(silent.number)()
