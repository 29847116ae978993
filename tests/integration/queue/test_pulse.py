"""The pulse: a killed worker's doorbells come back in seconds, a living one's never do."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker

from shared.events import Doorbell
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.states import Lane, Step

pytestmark = pytest.mark.stack

HEARING = Path(__file__).with_name("hearing.py")
RUNG = 3


@pytest.fixture
def broker(redis_url: str) -> Iterator[RedisBroker]:
    """The broker of this process, with some doorbells rung."""
    with open_redis(redis_url) as client:
        broker = open_broker(client, namespace="test")
        bell = Bell(broker, window=32)
        for _ in range(RUNG):
            bell.ring(
                Doorbell(step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(uuid4(),))
            )
        yield broker


@contextmanager
def _hearing(url: str) -> "Iterator[subprocess.Popen[str]]":
    """Another process, which has begun every doorbell and will finish none."""
    argv = [sys.executable, str(HEARING), url]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            for _ in range(RUNG):
                assert process.stdout.readline() != ""
            yield process
        finally:
            process.kill()


@contextmanager
def _listening(broker: RedisBroker) -> Iterator[list[Any]]:
    """A worker of this process; what it hears."""
    heard: list[Any] = []

    def hears(doorbell: object) -> None:
        heard.append(doorbell)

    dramatiq.actor(queue_name="verify.now", actor_name="verify.now", broker=broker)(hears)
    worker = dramatiq.Worker(broker, queues={"verify.now"}, worker_threads=2, worker_timeout=50)
    worker.start()
    try:
        yield heard
    finally:
        worker.stop(timeout=5_000)


def test_what_a_killed_worker_had_fetched_comes_back(broker: RedisBroker, redis_url: str) -> None:
    """Within eight seconds, on a queue where nothing else happens."""
    with _hearing(redis_url) as killed, _listening(broker) as heard:
        killed.kill()
        deadline = time.monotonic() + 8
        while len(heard) < RUNG and time.monotonic() < deadline:
            time.sleep(0.05)

    assert RUNG == len(heard)


def test_what_a_living_worker_holds_stays_with_it(broker: RedisBroker, redis_url: str) -> None:
    """However long it is at work, and though others sweep: it says that it lives."""
    broker.heartbeat_timeout = 1_500
    with _hearing(redis_url), _listening(broker) as heard:
        time.sleep(2.5)

    assert [] == heard
