"""Samples: one of each minute whoever writes, an hour by minute, a day by ten; the overview."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from services.scheduler import sampler
from shared.protocol import saving
from shared.protocol.sampling import ALL, TARGETS, sample
from shared.protocol.switching import pause
from shared.queue.bell import marker_key
from shared.queue.broker import open_redis
from shared.queue.pace import Allowance, Pace
from shared.states import Lane, Status, Step
from shared.store.engine import open_engine
from shared.watching.glass import REST, Glass
from shared.watching.overlooking import Sources, read_overview

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_PAST = text("""
    INSERT INTO samples (at, queue, due, held, through)
    SELECT date_trunc('hour', now()) - n * interval '1 minute', 'all', 0, 0, 0
    FROM generate_series(1, 1600) AS n
""")


def _samples(record: "Record") -> dict[str, tuple[Any, ...]]:
    rows = record.rows("SELECT queue, due, held, through FROM samples")
    return {row.queue: (row.due, row.held, row.through) for row in rows}


def test_a_minute_is_written_once(record: "Record") -> None:
    """By whichever of several schedulers comes first."""
    wrote: list[bool] = []
    threads = [
        threading.Thread(target=lambda: wrote.append(sample(record.engine))) for _ in range(6)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert 1 <= sum(wrote) <= 2  # a minute may end meanwhile
    assert sum(wrote) * 5 == record.one("SELECT count(*) FROM samples")


def test_it_counts_what_is_due_held_and_through(record: "Record") -> None:
    """By queue, and of all."""
    ids = record.plant(3)
    record.plant(2, status=Status.VERIFIED, lane=Lane.BULK)
    record.claim(ids[:1])
    sample(record.engine)

    assert {
        "verify.now": (2, 1, 0),
        "verify.bulk": (0, 0, 0),
        "price.now": (0, 0, 0),
        "price.bulk": (2, 0, 0),
        ALL: (4, 1, 0),
    } == _samples(record)
    assert 59 <= record.one("SELECT oldest_s FROM samples WHERE queue = 'all'") < 3_600


def test_through_is_of_the_minute_before(record: "Record") -> None:
    """What left each queue, by the lines of the journal."""
    [id_] = record.plant(1)
    [held] = record.claim([id_])
    saving.save(record.engine, [record.reviewed(held)], actor="service:test")
    with record.owner.begin() as connection:
        connection.execute(text("UPDATE journal SET at = now() - interval '1 minute'"))
    sample(record.engine)

    assert 1 == _samples(record)["verify.now"][2]


def test_an_hour_by_minute_and_a_day_by_ten(record: "Record") -> None:
    """Older rows go with each sample: the table does not grow."""
    with record.owner.begin() as connection:
        connection.execute(_PAST)
    sample(record.engine)
    hour, day = record.rows("""
        SELECT count(*) FILTER (WHERE at > now() - interval '1 hour'),
               count(*) FILTER (WHERE at <= now() - interval '65 min') FROM samples
        WHERE queue = 'all'
    """)[0]

    assert 0 < hour <= 61
    assert 135 <= day <= 140
    assert 0 == record.one("""
        SELECT count(*) FROM samples
        WHERE at < now() - interval '66 min' AND extract(minute FROM at)::int % 10 <> 0
    """)


def test_a_record_away_costs_a_minute_only() -> None:
    """The sampler looks again."""
    unreachable = open_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", name="test")

    assert not sampler.look(unreachable)
    unreachable.dispose()


def _overview(record: "Record", redis_url: str) -> Any:
    with open_redis(redis_url, timeout_s=5) as client:
        return read_overview(Sources(record.engine, client, "test", 32))


def test_the_overview_agrees_with_the_record(record: "Record", redis_url: str) -> None:
    """Due, in flight, the oldest, who holds what, how long decisions took."""
    ids = record.plant(4)
    now = datetime.now(UTC)
    for lane, took in ((Lane.NOW, timedelta(minutes=2)), (Lane.NOW, timedelta(hours=1))):
        record.plant(
            1, status=Status.DECIDED, lane=lane, due_at=None, received_at=now - took, moved_at=now
        )
    worker = record.worker()
    record.claim(ids[:3], worker=worker)
    sample(record.engine)
    seen = _overview(record, redis_url)
    first = seen.queues[0]

    assert ("verify.now", 1, 3, 0) == (first.name, first.due, first.held, first.rung)
    assert timedelta(seconds=59) < first.oldest < timedelta(minutes=5)
    assert [3] == [team.held for team in seen.teams if team.lives]
    flows = {flow.lane: flow for flow in seen.flows}
    assert (2, 0.5, TARGETS[Lane.NOW]) == (
        flows[Lane.NOW].decided,
        flows[Lane.NOW].within,
        flows[Lane.NOW].target,
    )
    assert (0, None) == (flows[Lane.BULK].decided, flows[Lane.BULK].half)
    assert {"all", *(one.name for one in seen.queues)} == set(seen.series)
    assert [1] == [point.due for point in seen.series["verify.now"].hour]
    assert seen.health.sampled_at is not None


def test_the_overview_says_what_is_stopped(record: "Record", redis_url: str) -> None:
    """A queue that is paused, an endpoint that failures stopped; Redis, when it is away."""
    soon = datetime.now(UTC) + timedelta(seconds=20)
    pause(record.engine, "queue:verify.now", until=None, reason="essai", by="test")
    pause(record.engine, "breaker:eaje", until=soon, reason="10 échecs", by="service:verifier")
    seen = _overview(record, redis_url)
    [provider] = seen.providers

    assert ["essai", None] == [one.paused for one in seen.queues if one.step is Step.VERIFY]
    assert (None, "10 échecs", soon, 18) == (
        provider.paused,
        provider.stopped,
        provider.tried_at,
        provider.pace,
    )
    assert not _overview(record, "redis://127.0.0.1:9/0").health.redis


def test_the_overview_says_how_much_of_a_pace_is_used(record: "Record", redis_url: str) -> None:
    """Permits that were taken of those that a minute gives; not known without Redis."""
    allowance = Allowance(record.founded.habilitation, pace=1_000, burst=50)
    with open_redis(redis_url, timeout_s=5) as client:
        client.set(marker_key("test"), "now")
        pace = Pace(client, namespace="test")
        pace.take(allowance, 0)
        time.sleep(0.2)
        pace.take(allowance, 27)
    [told], [unknown] = (
        [(one.used, one.allowed) for one in _overview(record, url).providers]
        for url in (redis_url, "redis://127.0.0.1:9/0")
    )

    assert [(27, 1_080), (None, 1_080)] == [told, unknown]


def test_one_reading_serves_everybody() -> None:
    """The longer it takes the longer it is kept: less than a twentieth of the time is read."""
    clock, reads = [0.0], [0]

    def read() -> Any:
        reads[0] += 1
        clock[0] += 0.5
        return reads[0]

    glass = Glass(read, clock=lambda: clock[0])
    first: list[Any] = [glass.look() for _ in range(100)]
    clock[0] += REST * 0.5
    later: Any = glass.look()

    assert [1] * 100 == first
    assert 2 == later
    assert 1 / (1 + REST) < 0.05
