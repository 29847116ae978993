"""Two Redis to try everything on: the best that is here, and fakeredis."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from redis import Redis, RedisError

from services.command.stack.ports import HOST, reserve
from services.command.stack.redis import EmbeddedRedis, Kind
from shared.queue.bell import Bell, marker_key
from shared.queue.broker import open_broker, open_redis
from shared.queue.pace import Pace

NAMESPACE = "test"


@dataclass(frozen=True)
class Doorway:
    """Where Redis is, and one process after another that speaks to it."""

    url: str
    processes: ExitStack

    def client(self) -> Redis:
        client = open_redis(self.url, timeout_s=2)
        self.processes.callback(client.close)
        return client

    def bell(self, *, window: int = 32) -> Bell:
        return Bell(open_broker(self.client(), namespace=NAMESPACE), window=window)

    def pace(self) -> Pace:
        """A pace, on a Redis whose marker a scheduler has set, if there is a Redis at all."""
        client = self.client()
        with suppress(RedisError):
            client.set(marker_key(NAMESPACE), datetime.now(UTC).isoformat())
        return Pace(client, namespace=NAMESPACE)


@pytest.fixture(scope="session")
def fake_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """The fakeredis of the session."""
    with EmbeddedRedis(tmp_path_factory.mktemp("fake") / "home", kind=Kind.FAKE) as server:
        yield server


@pytest.fixture(params=["the best Redis here", "fakeredis"])
def doorway(request: pytest.FixtureRequest) -> Iterator[Doorway]:
    """An empty Redis, real if there is one, then fake."""
    if request.param == "fakeredis":
        url = request.getfixturevalue("fake_redis").url
    else:
        url = request.getfixturevalue("redis_url")
    with ExitStack() as processes:
        doorway = Doorway(url, processes)
        doorway.client().flushall()
        yield doorway


@pytest.fixture
def nowhere() -> Iterator[Doorway]:
    """A Redis that is down: nobody listens on its port."""
    port = reserve()
    with ExitStack() as processes:
        yield Doorway(f"redis://{HOST}:{port.number}/0", processes)
    port.release()
