"""The figures, read from a real record and a real Redis in which each case was planted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.protocol.switching import habilitation_switch, pause
from shared.queue.broker import open_redis
from shared.states import Lane, Reason, Status, Step
from shared.watching.figures import Flow, Queue, Snapshot, Standing
from shared.watching.reading import read_snapshot, reading_only

if TYPE_CHECKING:
    from tests.integration.watching.conftest import Stand


def _seen(stand: "Stand", *, redis: Redis | None = None) -> Snapshot:
    return read_snapshot(stand.engine, redis or stand.redis, namespace="berceau", window=32)


def test_an_empty_record_is_read(stand: "Stand") -> None:
    """Before the first application there are zeros, not errors."""
    seen = _seen(stand)

    assert tuple(Queue(s, lane, 0, None, 0, 0) for s in Step for lane in Lane) == seen.queues
    assert ((), (), (), Flow(0, 0, 0, None, None)) == (
        seen.holdings,
        seen.standings,
        seen.parked,
        seen.flow,
    )


def test_due_held_and_waiting_are_told_by_step_and_lane(stand: "Stand") -> None:
    """Due and free, in hand, announced: each application is counted in one place."""
    now = datetime.now(UTC)
    worker = stand.worker("verifier")
    stand.plant(2, due_at=now - timedelta(minutes=9))
    stand.plant(3, due_at=now + timedelta(minutes=9))
    stand.plant(4, claim=uuid4(), claimed_by=worker, claimed_at=now)
    stand.plant(5, status=Status.VERIFIED, lane=Lane.BULK)
    stand.redis.rpush("berceau:verify.now", "a", "b", "c")

    seen = _seen(stand)

    told = {(q.step, q.lane): (q.due, q.held, q.waiting) for q in seen.queues}
    assert {
        (Step.VERIFY, Lane.NOW): (2, 4, 3),
        (Step.VERIFY, Lane.BULK): (0, 0, 0),
        (Step.PRICE, Lane.NOW): (0, 0, 0),
        (Step.PRICE, Lane.BULK): (5, 0, 0),
    } == told
    assert now - timedelta(minutes=9) == seen.queues[0].oldest_due_at


def test_who_holds_is_told_alive_dead_or_forgotten(stand: "Stand") -> None:
    """In whose hands, and whether these still move."""
    now = datetime.now(UTC)
    alive, dead = stand.worker("verifier"), stand.worker("tariff", life=timedelta(seconds=-9))
    for count, (worker, status) in enumerate(
        [(alive, Status.RECEIVED), (dead, Status.VERIFIED), (uuid4(), Status.RECEIVED)], start=1
    ):
        stand.plant(count, status=status, claim=uuid4(), claimed_by=worker, claimed_at=now)

    seen = _seen(stand)

    assert [(3, None, False), (2, "tariff", False), (1, "verifier", True)] == [
        (h.held, h.worker.service if h.worker else None, seen.lives(h.worker))
        for h in seen.holdings
    ]
    assert (1, 0) == (seen.alive("verifier"), seen.alive("tariff"))


def test_states_are_counted_by_reason_in_the_order_of_the_path(stand: "Stand") -> None:
    """Received before decided, the most frequent reason first."""
    stand.plant(1, status=Status.DECIDED, due_at=None)
    stand.plant(2, status=Status.TO_REVIEW, reason=Reason.DOUBTFUL_YEAR, due_at=None)
    stand.plant(3, status=Status.TO_REVIEW, reason=Reason.NOT_IDENTIFIED, due_at=None)
    stand.plant(4)

    assert (
        Standing(Status.RECEIVED, None, 4),
        Standing(Status.DECIDED, None, 1),
        Standing(Status.TO_REVIEW, Reason.NOT_IDENTIFIED, 3),
        Standing(Status.TO_REVIEW, Reason.DOUBTFUL_YEAR, 2),
    ) == _seen(stand).standings


def test_the_next_wake_ups_come_first_and_once(stand: "Stand") -> None:
    """Twenty at most over all lanes and authorities, each once, the soonest first."""
    now = datetime.now(UTC)
    for day in range(25):
        stand.plant(
            1,
            status=Status.PARKED,
            reason=Reason.NO_FILE,
            lane=Lane.BULK if day % 2 else Lane.NOW,
            due_at=now + timedelta(days=day),
        )

    parked = _seen(stand).parked

    assert [f"TEST-{day:04d}" for day in range(1, 21)] == [one.reference for one in parked]


def test_the_quarantined_are_listed(stand: "Stand") -> None:
    """Those set aside, the last first; those only begun again are not."""
    now = datetime.now(UTC)
    aside = {"status": Status.QUARANTINED, "reason": Reason.NEVER_FINISHED, "starts": 5}
    stand.plant(1, **aside, moved_at=now - timedelta(hours=1), due_at=None)
    stand.plant(1, **aside, moved_at=now, due_at=None)
    stand.plant(1, starts=4)

    assert ["TEST-0002", "TEST-0001"] == [one.reference for one in _seen(stand).quarantined]


def test_switches_that_are_on_are_told_by_habilitation(stand: "Stand") -> None:
    """A pause that has ended is no pause."""
    now = datetime.now(UTC)
    name = habilitation_switch(stand.founded.habilitation)
    pause(stand.engine, name, until=now + timedelta(hours=1), reason="jeton refusé", by="test")
    pause(stand.engine, "ringing", until=now - timedelta(hours=1), reason="essai", by="test")

    assert [("demo", "jeton refusé")] == [
        (one.habilitation, one.reason) for one in _seen(stand).switches
    ]


def test_the_flow_is_of_the_last_minute_and_hour(stand: "Stand") -> None:
    """Older decisions count for nothing; percentiles are of what is left."""
    now = datetime.now(UTC)
    for ago, took in [(10, 1), (20, 3), (600, 5), (7_200, 900)]:
        moved = now - timedelta(seconds=ago)
        received = moved - timedelta(seconds=took)
        stand.plant(1, status=Status.DECIDED, due_at=None, moved_at=moved, received_at=received)

    flow = _seen(stand).flow

    assert (2, 3, 3, timedelta(seconds=3)) == (
        flow.last_minute,
        flow.last_hour,
        flow.sample,
        flow.half_within,
    )
    assert timedelta(seconds=4.8) == flow.most_within


def test_without_redis_the_record_is_still_told(stand: "Stand") -> None:
    """Waiting doorbells are unknown; nothing else is."""
    stand.plant(2)
    with open_redis("redis://127.0.0.1:1/0", timeout_s=1) as nowhere:
        seen, known = _seen(stand, redis=nowhere), _seen(stand)

    assert not seen.redis_answers
    assert tuple(replace(queue, waiting=None) for queue in known.queues) == seen.queues


def test_watching_cannot_write(stand: "Stand") -> None:
    """The connection of the figures refuses any change, whatever its role may do."""
    with reading_only(stand.engine) as connection, pytest.raises(DBAPIError, match="read-only"):
        connection.execute(text("DELETE FROM switches"))
