"""The scheduler's ticks on a real record and a real Redis, with nobody to answer the bells."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from time import sleep
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from redis import Redis
from redis.exceptions import ResponseError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.scheduler.clockwork import Clockwork, run
from shared.maintenance import Calendar, Window
from shared.protocol import lives, switching
from shared.protocol.neighbours import ALONE, Neighbours
from shared.protocol.switching import RINGING_SWITCH
from shared.protocol.tempo import QUARANTINE_AT, TIERS, Tempo
from shared.queue.bell import Bell
from shared.queue.broker import QUEUES, open_broker, open_redis
from shared.queue.pace import Allowance, Pace, Permits
from shared.queue.stops import Stop, Stops
from shared.states import Lane, Status
from shared.store.engine import open_engine

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

WINDOW = 32
CALM = Tempo(ring_again=timedelta(hours=1), sweep=timedelta(0))
RESTLESS = Tempo(ring_again=timedelta(0), sweep=timedelta(0))
NOBODY = "redis://127.0.0.1:9/0"


@pytest.fixture
def client(redis_url: str) -> Iterator[Redis]:
    with open_redis(redis_url, timeout_s=5) as client:
        yield client


def _clockwork(
    engine: "Engine",
    client: Redis,
    tempo: Tempo = CALM,
    *,
    window: int = WINDOW,
    neighbours: Neighbours = ALONE,
) -> Clockwork:
    bell = Bell(open_broker(client, namespace="test"), window=window)
    pace, stops = Pace(client, namespace="test"), Stops(client, namespace="test")
    return Clockwork(engine, bell, pace, stops, tempo=tempo, neighbours=neighbours)


def _rung(client: Redis) -> Counter[str]:
    """How often each application is named by the doorbells that wait."""
    messages = [json.loads(m) for queue in QUEUES for m in client.hvals(f"test:{queue}.msgs")]
    return Counter(id_ for message in messages for id_ in message["kwargs"]["doorbell"]["ids"])


def _lengths(client: Redis) -> list[int]:
    return [client.llen(f"test:{queue}") for queue in QUEUES]


def test_two_beside_each_other_ring_each_application_once(
    record: "Record", client: Redis, redis_url: str
) -> None:
    """Twenty times at the same instant, no leader: every id is in Redis, none is twice."""
    planted: list[UUID] = []

    def plant() -> None:
        planted.extend(record.plant(20) + record.plant(5, lane=Lane.BULK))

    together = threading.Barrier(2, action=plant)

    def tick(own: Redis) -> None:
        clockwork = _clockwork(record.engine, own, window=2 * WINDOW)
        for _ in range(20):
            together.wait(10)
            clockwork.tick()

    with open_redis(redis_url) as other, ThreadPoolExecutor(2) as pool:
        list(pool.map(tick, [client, other]))

    assert dict.fromkeys(map(str, planted), 1) == dict(_rung(client))


def test_without_redis_the_ticks_go_on(record: "Record", client: Redis) -> None:
    """Nothing is rung or said to be, what the dead held is freed; back, Redis is rung at once."""
    ids = record.plant(3)
    dead = record.worker()
    record.claim(ids[:1], worker=dead)
    lives.die(record.engine, dead)

    with open_redis(NOBODY, timeout_s=1) as nobody:
        clockwork = _clockwork(record.engine, nobody)
        clockwork.tick()
        clockwork.tick()

    assert [None] * 3 == record.column("rung_at", ids)
    assert [None] * 3 == record.column("claim", ids)
    _clockwork(record.engine, client).tick()
    assert dict.fromkeys(map(str, ids), 1) == dict(_rung(client))


def test_without_the_database_a_tick_is_missed(client: Redis) -> None:
    """Only that one: the scheduler does not end."""
    unreachable = open_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", name="test")

    _clockwork(unreachable, client).tick()

    assert Counter() == _rung(client)
    unreachable.dispose()


def test_what_breaks_in_bulk_holds_up_no_ringing(record: "Record", client: Redis) -> None:
    """An action that the record does not take, tick after tick."""
    ids = record.plant(2)
    bell = Bell(open_broker(client, namespace="test"), window=WINDOW)
    pace, stops = Pace(client, namespace="test"), Stops(client, namespace="test")

    _BreaksInBulk(record.engine, bell, pace, stops, tempo=CALM).tick()

    assert set(map(str, ids)) == set(_rung(client))


class _BreaksInBulk(Clockwork):
    def carry(self) -> int:
        raise OperationalError("planned", None, RuntimeError())


def test_the_switch_stops_the_ringing_and_nothing_else(record: "Record", client: Redis) -> None:
    """Sweeps go on: what must be set aside is, and what the dead held is free for later."""
    switching.pause(record.engine, RINGING_SWITCH, until=None, reason="essai", by="test")
    poison = record.plant(1, starts=QUARANTINE_AT)
    ids = record.plant(2)
    dead = record.worker()
    record.claim(ids, worker=dead)
    lives.die(record.engine, dead)
    clockwork = _clockwork(record.engine, client)

    clockwork.tick()

    assert Counter() == _rung(client)
    assert [Status.QUARANTINED] == record.column("status", poison)
    assert [None, None] == record.column("claim", ids)

    switching.resume(record.engine, RINGING_SWITCH)
    clockwork.tick()
    assert set(map(str, ids)) == set(_rung(client))


def test_a_paused_habilitation_is_not_rung_while_another_is(
    record: "Record", client: Redis
) -> None:
    """Its applications wait in the record, where they take no place from anybody."""
    other = record.found_another("saintes")
    record.plant(5, habilitation_id=other.habilitation, authority_id=other.authority)
    name = switching.habilitation_switch(other.habilitation)
    switching.pause(record.engine, name, until=None, reason="jeton refusé", by="test")
    ids = record.plant(5)

    _clockwork(record.engine, client).tick()

    assert set(map(str, ids)) == set(_rung(client))


@pytest.mark.parametrize("switch", ["queue:verify.now", "endpoint:eaje", "authority:{authority}"])
def test_what_is_switched_off_is_not_rung(record: "Record", client: Redis, switch: str) -> None:
    """It waits in the record; once it is on again, it is rung at the next tick."""
    name = switch.format(authority=record.founded.authority)
    switching.pause(record.engine, name, until=None, reason="essai", by="test")
    ids = record.plant(5)
    clockwork = _clockwork(record.engine, client)
    clockwork.tick()
    assert Counter() == _rung(client)

    switching.resume(record.engine, name)
    clockwork.tick()
    assert set(map(str, ids)) == set(_rung(client))


def test_an_endpoint_in_announced_maintenance_is_not_rung(record: "Record", client: Redis) -> None:
    """What needs no call goes on."""
    record.plant(5)
    priced = record.plant(2, status=Status.VERIFIED)
    window = Window(name="essai", endpoints={"eaje"}, begins=time(0), ends=time(23, 59, 59))
    bell = Bell(open_broker(client, namespace="test"), window=WINDOW)
    pace, stops = Pace(client, namespace="test"), Stops(client, namespace="test")
    calendar = Calendar((window,), timedelta(minutes=1))
    Clockwork(record.engine, bell, pace, stops, tempo=CALM, calendar=calendar).tick()

    assert set(map(str, priced)) == set(_rung(client))


def test_an_emptied_redis_is_told_what_a_failure_stopped(record: "Record", client: Redis) -> None:
    """Before the marker, even when it may be tried by now: one call, and no more."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    switching.pause(record.engine, "breaker:eaje", until=past, reason="reset", by="test")
    stop = Stop("breaker:eaje", probes=1, lease_s=60)
    allowance = Allowance(UUID(int=1), pace=1_000, burst=5, stops=(stop,))
    pace = Pace(client, namespace="test")
    _clockwork(record.engine, client).tick()
    pace.take(allowance, 0)
    sleep(0.02)

    assert (1, 0) == (pace.take(allowance, 5).given, pace.take(allowance, 5).given)


@pytest.mark.parametrize("within", [None, timedelta(hours=1)])
def test_an_emptied_redis_is_told_of_the_pauses_before_anything_else(
    record: "Record", client: Redis, within: timedelta | None
) -> None:
    """After a flush no permit is given; the first tick brings the pauses back with the marker."""
    habilitation = record.founded.habilitation
    allowance = Allowance(habilitation, pace=1_000, burst=5)
    pace = Pace(client, namespace="test")
    name = switching.habilitation_switch(habilitation)
    until = None if within is None else datetime.now(UTC) + within
    switching.pause(record.engine, name, until=until, reason="jeton refusé", by="test")
    client.flushdb()
    assert Permits(given=0, wait_s=0.25) == pace.take(allowance, 1)

    _clockwork(record.engine, client).tick()

    assert pace.take(allowance, 1).wait_s > 3_000


def test_ten_thousand_that_nobody_answers_stay_within_the_window(
    record: "Record", client: Redis
) -> None:
    """However often the scheduler looks, and with every doorbell old enough to be rung again."""
    record.plant(8_000)
    record.plant(1_500, lane=Lane.BULK)
    record.plant(500, starts=2)  # each of these rings alone
    before = _memory(client)
    two = [_clockwork(record.engine, client, RESTLESS) for _ in range(2)]

    most = [0] * len(QUEUES)
    for _ in range(15):
        for clockwork in two:
            clockwork.tick()
        most = [max(pair) for pair in zip(most, _lengths(client), strict=True)]

    assert max(most) == WINDOW
    assert sum(_rung(client).values()) <= len(QUEUES) * WINDOW * TIERS[0].size
    if before is not None:
        assert (_memory(client) or 0) - before < 2_000_000


def test_a_full_redis_leaves_no_mark(record: "Record", client: Redis) -> None:
    """What it took no doorbell for is rung by the next tick, not when it is thought lost."""
    ids = record.plant(20)
    clockwork = _clockwork(record.engine, client)
    with _refusing_writes(client):
        clockwork.tick()
        unmarked = record.column("rung_at", ids)
    clockwork.tick()

    assert [None] * 20 == unmarked
    assert {str(id_): 1 for id_ in ids} == _rung(client)


@contextmanager
def _refusing_writes(client: Redis) -> Iterator[None]:
    """As a Redis whose memory is full answers: what it has is read, and nothing more is taken."""
    messages = "test:verify.now.msgs"
    client.set(messages, "no messages fit in here")
    try:
        yield
    finally:
        client.delete(messages)


def test_a_neighbour_that_is_gone_is_buried(record: "Record", client: Redis) -> None:
    """What it held is free at the next sweep; others, and those of another machine, live on."""
    gone, here, elsewhere = 4_194_305, 4_194_306, 4_194_307  # beyond the greatest pid
    ids = record.plant(3)
    places = [("a", gone), ("a", here), ("b", elsewhere)]
    workers = [_worker_at(record, machine, pid) for machine, pid in places]
    for worker, id_ in zip(workers, ids, strict=True):
        record.change([id_], claim=uuid4(), claimed_by=worker, claimed_at=datetime.now(UTC))
    neighbours = Neighbours("a", lambda pid: pid != here)
    swept = _clockwork(record.engine, client, neighbours=neighbours).sweep()

    assert (1, 1) == (swept["buried"], swept["freed"])
    assert [None, workers[1], workers[2]] == record.column("claimed_by", ids)


def _worker_at(record: "Record", machine: str, pid: int) -> UUID:
    worker = record.worker()
    change = text("UPDATE workers SET machine = :machine, pid = :pid WHERE id = :id")
    with record.engine.begin() as connection:
        connection.execute(change, {"id": worker, "machine": machine, "pid": pid})
    return worker


def _memory(client: Redis) -> int | None:
    """Bytes that Redis uses; None where the stand-in does not know."""
    try:
        used: int = client.info("memory")["used_memory"]
    except ResponseError:
        return None
    return used


def test_a_flush_costs_one_tick(record: "Record", client: Redis) -> None:
    """Nothing waits for its doorbell to grow old: Redis' own memory is younger."""
    ids = record.plant(100)
    clockwork = _clockwork(record.engine, client)
    clockwork.tick()
    clockwork.tick()
    assert dict.fromkeys(map(str, ids), 1) == dict(_rung(client))

    client.flushall()
    assert Counter() == _rung(client)
    clockwork.tick()

    assert dict.fromkeys(map(str, ids), 1) == dict(_rung(client))


def test_sweeps_are_rarer_than_ticks(record: "Record", client: Redis) -> None:
    """The first tick sweeps; within a sweep's time the next ones only ring."""
    clockwork = _clockwork(record.engine, client, Tempo(sweep=timedelta(hours=1)))
    clockwork.tick()
    poison = record.plant(1, starts=QUARANTINE_AT)

    clockwork.tick()

    assert [Status.RECEIVED] == record.column("status", poison)
    done = {what: count for what, count in clockwork.sweep().items() if count}
    assert {"quarantined": 1} == done


def test_it_ticks_until_it_is_told_to_stop(record: "Record", client: Redis) -> None:
    """It waits before each tick, and a stop is the end of a wait."""
    waits: list[float] = []

    def stopped(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) > 2

    ids = record.plant(1)
    run(_clockwork(record.engine, client), every_s=0.25, stopped=stopped)

    assert [0.25] * 3 == waits
    assert [str(ids[0])] == list(_rung(client))


def test_what_was_held_back_too_long_is_looked_for_now_and_then(
    record: "Record", client: Redis
) -> None:
    """At the first sweep, and not at the next: it reads a whole backlog."""
    clockwork = _clockwork(record.engine, client)
    long_ago = datetime.now(UTC) - timedelta(days=3)
    record.plant(1, due_at=long_ago, last_date=long_ago)
    first = clockwork.sweep()
    record.plant(1, due_at=long_ago, last_date=long_ago)

    assert [1, 0] == [first["handed_over"], clockwork.sweep()["handed_over"]]
