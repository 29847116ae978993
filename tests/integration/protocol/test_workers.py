"""Real worker processes over a real queue: what kills one, what stops one, what is left."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.scheduler.clockwork import Clockwork
from shared.protocol.tempo import Tempo
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.states import Status

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

WORKER = Path(__file__).with_name("worker.py")
TEMPO = Tempo(
    tick=timedelta(seconds=0.1), sweep=timedelta(seconds=0.2), ring_again=timedelta(seconds=1)
)
Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(migrated: "Database", redis_url: str) -> Iterator[Start]:
    """Starts workers, and ends them all afterwards."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(how: str) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, str(WORKER), migrated.service_url, redis_url, "test", how]
        running.append(subprocess.Popen(argv, stderr=subprocess.DEVNULL))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(record: "Record", redis_url: str) -> Iterator[Clockwork]:
    """A hurried scheduler that ticks beside the test."""
    client = open_redis(redis_url)
    bell = Bell(open_broker(client, namespace="test"), window=32)
    clockwork = Clockwork(
        record.engine,
        bell,
        Pace(client, namespace="test"),
        Stops(client, namespace="test"),
        tempo=TEMPO,
    )
    with _ticking(clockwork):
        yield clockwork
    client.close()


@contextmanager
def _ticking(clockwork: Clockwork) -> Iterator[None]:
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TEMPO.tick.total_seconds()):
            clockwork.tick()

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        yield
    finally:
        over.set()
        ticking.join()


def _until(truth: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not truth():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


@pytest.mark.usefixtures("scheduler")
def test_one_poison_application_among_2000_quarantines_exactly_one(
    record: "Record", start: Start
) -> None:
    """It ends five workers; those beside it are begun again and finished."""
    ids = record.plant(2_000)
    poison = ids[1_234]
    deaths = _run_until_settled(record, start, f"poison:{poison}", within_s=120)
    assert record.column("status", [poison]) == [Status.QUARANTINED]
    assert record.one("SELECT count(*) FROM applications WHERE status = 'TO_REVIEW'") == 1_999
    assert deaths == 5


def _run_until_settled(record: "Record", start: Start, how: str, *, within_s: float) -> int:
    """Keep one worker running until nothing is due; how many times it died."""
    deadline, deaths, worker = time.monotonic() + within_s, 0, start(how)
    while record.one("SELECT count(*) FROM applications WHERE status = 'RECEIVED'"):
        assert time.monotonic() < deadline, "not in time"
        if worker.poll() is not None:
            deaths, worker = deaths + 1, start(how)
        time.sleep(0.1)
    return deaths


@pytest.mark.usefixtures("scheduler")
def test_a_worker_stopped_past_its_life_and_continued_saves_nothing_twice(
    record: "Record", start: Start
) -> None:
    """Its applications are another's when it comes back: each is saved once."""
    ids = record.plant(20)
    zombie = start("slow:1")
    _until(lambda: _held(record) == 20, within_s=15)
    zombie.send_signal(signal.SIGSTOP)
    heir = start("slow:0.1")
    _until(lambda: _settled(record) == 20, within_s=30)

    zombie.send_signal(signal.SIGCONT)
    time.sleep(2)

    assert heir.poll() is None
    assert zombie.poll() is None
    assert record.one("SELECT count(*) FROM journal") == len(ids)


@pytest.mark.usefixtures("scheduler")
def test_a_killed_worker_s_applications_are_taken_over(record: "Record", start: Start) -> None:
    """Within its life and a sweep, by whoever is there."""
    record.plant(20)
    killed = start("slow:5")
    _until(lambda: _held(record) == 20, within_s=15)
    killed.kill()
    start("slow:0")
    _until(lambda: _settled(record) == 20, within_s=15)
    assert record.one("SELECT max(starts) FROM applications") == 0


@pytest.mark.usefixtures("scheduler")
def test_a_clean_stop_finishes_what_is_in_flight(record: "Record", start: Start) -> None:
    """SIGTERM: what is held is saved, the process ends by itself, nothing counts as unfinished."""
    ids = record.plant(64)
    stopped = start("slow:1")
    _until(lambda: _held(record) > 0, within_s=15)
    stopped.terminate()
    assert stopped.wait(20) == 0
    assert _held(record) == 0
    assert record.one("SELECT max(starts) FROM applications") == 0
    assert _settled(record) in range(1, len(ids) + 1)


def _held(record: "Record") -> int:
    held: int = record.one("SELECT count(*) FROM applications WHERE claim IS NOT NULL")
    return held


def _settled(record: "Record") -> int:
    settled: int = record.one("SELECT count(*) FROM applications WHERE status = 'TO_REVIEW'")
    return settled
