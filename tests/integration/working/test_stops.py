"""The order to stop, given to a real worker process whose provider is slow, or whose Redis is."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.command.stack.ports import HOST, Port, reserve
from services.scheduler.clockwork import Clockwork
from shared.events import Doorbell
from shared.protocol.tempo import Tempo
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.states import Lane, Step

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

WORKER = Path(__file__).parents[1] / "protocol" / "worker.py"
Worker = subprocess.Popen[bytes]
Start = Callable[..., Worker]


@pytest.fixture
def start(migrated: "Database", redis_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts workers that need so many seconds for each application; ends them afterwards."""
    running: list[Worker] = []

    def begin(
        *,
        takes_s: float,
        stop_within_s: float = 30,
        database: str = migrated.service_url,
        redis: str = redis_url,
    ) -> Worker:
        argv = [database, redis, "test", f"slow:{takes_s}", str(stop_within_s)]
        with (tmp_path / "worker.log").open("ab") as log:
            running.append(subprocess.Popen([sys.executable, str(WORKER), *argv], stderr=log))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(record: "Record", redis_url: str) -> Iterator[None]:
    """A scheduler that ticks beside the test."""
    client, tempo = open_redis(redis_url), Tempo()
    bell = Bell(open_broker(client, namespace="test"), window=32)
    clockwork = Clockwork(
        record.engine,
        bell,
        Pace(client, namespace="test"),
        Stops(client, namespace="test"),
        tempo=tempo,
    )
    with _ticking(clockwork, tempo.tick.total_seconds()):
        yield
    client.close()


@contextmanager
def _ticking(clockwork: Clockwork, every_s: float) -> Iterator[None]:
    over = threading.Event()

    def tick() -> None:
        while not over.wait(every_s):
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
        time.sleep(0.02)


def _held(record: "Record") -> int:
    held: int = record.one("SELECT count(*) FROM applications WHERE claim IS NOT NULL")
    return held


def _settled(record: "Record") -> int:
    settled: int = record.one("SELECT count(*) FROM applications WHERE status = 'TO_REVIEW'")
    return settled


def _alive(record: "Record") -> int:
    query = "SELECT count(*) FROM workers WHERE service = 'test' AND alive_until > now()"
    alive: int = record.one(query)
    return alive


@pytest.mark.usefixtures("scheduler")
def test_what_the_deadline_leaves_is_given_back_and_counts_as_nothing(
    record: "Record", start: Start
) -> None:
    """No start, no attempt, no claim; due at once; the life is over, and the exit is clean."""
    ids = record.plant(20)
    stopped = start(takes_s=60, stop_within_s=0.5)
    _until(lambda: _held(record) == 20, within_s=15)
    stopped.terminate()

    assert 0 == stopped.wait(10)
    assert [(20, 0, 0, True)] == record.rows(
        "SELECT count(*), max(starts), max(attempts), max(due_at) <= now() FROM applications "
        "WHERE claim IS NULL AND status = 'RECEIVED'"
    )
    assert (0, [None] * 20) == (_alive(record), record.column("claimed_by", ids))


@pytest.mark.usefixtures("scheduler")
def test_what_is_given_back_is_picked_up_at_once(record: "Record", start: Start) -> None:
    """By another worker, long before a lost doorbell would be rung again."""
    record.plant(20)
    stopped = start(takes_s=60)
    _until(lambda: _held(record) == 20, within_s=15)
    start(takes_s=0)
    _until(lambda: _alive(record) == 2, within_s=15)
    stopped.terminate()
    time.sleep(0.3)
    stopped.terminate()

    assert 0 == stopped.wait(5)
    _until(lambda: _settled(record) == 20, within_s=2)
    assert 0 == record.one("SELECT max(starts) FROM applications")


def test_doorbells_that_nobody_has_looked_at_are_left_to_others(
    record: "Record", start: Start, redis_url: str
) -> None:
    """A busy worker fetches only what it answers, eight in each lane, and none once it stops."""
    client = open_redis(redis_url)
    bell = Bell(open_broker(client, namespace="test"), window=32)
    for turn, id_ in enumerate(record.plant(20)):
        habilitation, lane = record.founded.habilitation, list(Lane)[turn % 2]
        bell.ring(Doorbell(step=Step.VERIFY, lane=lane, habilitation=habilitation, ids=(id_,)))

    def waiting() -> int:
        return sum(int(client.llen(f"test:verify.{lane}")) for lane in Lane)

    stopped = start(takes_s=60)
    _until(lambda: (_held(record), waiting()) == (16, 4), within_s=15)
    stopped.terminate()
    time.sleep(1.5)

    assert (16, 4, None) == (_held(record), waiting(), stopped.poll())
    client.close()


def test_redis_that_keeps_silent_holds_up_no_stop(
    record: "Record", start: Start, silent: Port
) -> None:
    """The process ends in seconds, and cleanly."""
    worker = start(takes_s=0, redis=f"redis://{HOST}:{silent.number}/0")
    _until(lambda: _alive(record) == 1, within_s=15)
    time.sleep(0.5)
    worker.terminate()

    assert 0 == worker.wait(8)
    assert 0 == _alive(record)


def test_a_worker_waits_for_a_record_that_is_away(
    record: "Record", start: Start, tmp_path: Path, silent: Port
) -> None:
    """It says so, has no life yet, and stops when it is told to."""
    silent.release()
    away = f"postgresql+psycopg://nobody@{HOST}:{silent.number}/none"
    worker = start(takes_s=0, database=away)
    log = tmp_path / "worker.log"
    _until(lambda: "worker.waits_for_the_record" in log.read_text(), within_s=15)
    worker.terminate()

    assert 0 == worker.wait(5)
    assert 0 == _alive(record)
    assert "Traceback" not in log.read_text()


@pytest.fixture
def silent() -> Iterator[Port]:
    """A port that takes connections and says nothing."""
    port = reserve()
    port._bound.listen(64)
    with port:
        yield port
