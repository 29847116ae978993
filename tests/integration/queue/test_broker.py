"""The broker's settings: nothing is sent twice, and nothing of dramatiq's does business steps."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from dramatiq.middleware import CurrentMessage, ShutdownNotifications

from shared.events import Doorbell
from shared.queue.bell import Bell
from shared.queue.broker import QUEUES, open_broker, open_redis
from shared.queue.pulse import Pulse
from shared.states import Lane, Step

if TYPE_CHECKING:
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack

HOST = "127.0.0.1"


class Swallower:
    """A TCP proxy before a server of this machine, which may swallow one reply.

    Then the server has done what was asked, and the client never learns.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.swallows = False
        self._sockets = [self._listener]
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._serve)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *sockets: socket.socket) -> None:
        self._sockets += sockets
        self._threads.append(threading.Thread(target=target, args=sockets, daemon=True))
        self._threads[-1].start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((HOST, self._server))
            self._start(self._asks, client, server)
            self._start(self._answers, client, server)

    def _asks(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while asked := client.recv(65_536):
                server.sendall(asked)

    def _answers(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while answer := server.recv(65_536):
                if self.swallows:
                    self.swallows = False
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(answer)


@pytest.fixture
def swallower(redis_url: str) -> Iterator[Swallower]:
    """A proxy before the Redis of the session."""
    with Swallower(urlsplit(redis_url).port or 6379) as proxy:
        yield proxy


def test_a_lost_reply_never_rings_twice(swallower: Swallower, redis_url: str) -> None:
    """The doorbell is in Redis once, though the bell cannot know: a retry would add another."""
    through = redis_url.replace(f":{urlsplit(redis_url).port}/", f":{swallower.port}/")
    bell = Bell(open_broker(open_redis(through, timeout_s=2), namespace="test"), window=32)
    assert bell.ring(_doorbell())
    swallower.swallows = True

    assert not bell.ring(_doorbell())
    assert 30 == bell.room(Step.VERIFY, Lane.NOW)


def _doorbell() -> Doorbell:
    return Doorbell(step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(uuid4(),))


def test_dramatiq_retries_delays_and_chains_nothing(nowhere: "Doorway") -> None:
    """No retries, no age or time limits, no results, no pipelines: each can lose a message."""
    broker = open_broker(nowhere.client(), namespace="test")

    assert [ShutdownNotifications, CurrentMessage, Pulse] == [type(m) for m in broker.middleware]


def test_every_queue_is_declared(nowhere: "Doorway") -> None:
    """Anybody may ring any; Redis is not asked for that."""
    broker = open_broker(nowhere.client(), namespace="test")

    assert set(QUEUES) == broker.get_declared_queues()
