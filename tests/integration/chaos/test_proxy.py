"""The proxy: forwards, cuts, and swallows what a server answers."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chaos.proxy import Proxy

pytestmark = pytest.mark.stack


@contextmanager
def _shouting() -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers in capitals, and what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(connection: socket.socket) -> None:
            with connection, contextlib.suppress(ConnectionResetError):
                while said := connection.recv(1_024):
                    heard.append(said)
                    connection.sendall(said.upper())

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


def _talk(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.number), timeout=5)


def test_it_forwards_and_a_cut_ends_every_connection() -> None:
    """Without a goodbye."""
    with _shouting() as (port, _), Proxy(port) as proxy, _talk(proxy) as client:
        client.sendall(b"hello")
        assert b"HELLO" == client.recv(1_024)

        proxy.cut()

        with pytest.raises(ConnectionResetError):
            client.recv(1_024)


def test_a_mute_server_still_hears_and_who_missed_something_is_cut_off() -> None:
    """As when a reply is lost: what was asked is done, and nobody knows."""
    with _shouting() as (port, heard), Proxy(port) as proxy, _talk(proxy) as client:
        proxy.mute()
        client.sendall(b"do it")
        deadline = time.monotonic() + 10
        while proxy.swallowed < len(b"DO IT") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ([b"do it"], len(b"DO IT")) == (heard, proxy.swallowed)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1_024)

        proxy.speak()

        client.settimeout(5)
        with pytest.raises(ConnectionResetError):
            client.recv(1_024)
        with _talk(proxy) as again:
            again.sendall(b"and now")
            assert b"AND NOW" == again.recv(1_024)


def test_a_server_that_is_away_is_away_for_who_comes_through() -> None:
    """The proxy answers in nobody's place."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Proxy(port) as proxy, pytest.raises(ConnectionResetError), _talk(proxy) as client:
        client.recv(1_024)  # unless the connection was reset before it stood
