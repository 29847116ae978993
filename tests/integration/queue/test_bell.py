"""The bell: its window under a crowd, and what it says when Redis is down or was emptied."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from shared.events import Doorbell
from shared.queue.bell import at_once
from shared.states import Lane, Step

if TYPE_CHECKING:
    from shared.queue.bell import Bell
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def _doorbell() -> Doorbell:
    return Doorbell(
        step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(uuid4(), uuid4())
    )


def test_a_doorbell_takes_its_room(doorway: "Doorway") -> None:
    """In its own queue, and in no other."""
    bell = doorway.bell(window=2)
    assert bell.ring(_doorbell())

    assert 1 == bell.room(Step.VERIFY, Lane.NOW)
    assert 2 == bell.room(Step.VERIFY, Lane.BULK)
    assert 2 == bell.room(Step.PRICE, Lane.NOW)


def test_there_is_never_less_than_no_room(doorway: "Doorway") -> None:
    """A window that was made smaller, or passed by a crowd, is full."""
    larger, smaller = doorway.bell(window=3), doorway.bell(window=1)
    for _ in range(3):
        larger.ring(_doorbell())

    assert 0 == smaller.room(Step.VERIFY, Lane.NOW)


def test_who_rings_at_once_leaves_the_window_to_the_scheduler(doorway: "Doorway") -> None:
    """However many come after a hold-up, what was held up finds room: many in one doorbell."""
    as_they_come, scheduler = doorway.bell(window=at_once(32)), doorway.bell(window=32)
    for _ in range(100):
        if as_they_come.room(Step.VERIFY, Lane.NOW) > 0:
            as_they_come.ring(_doorbell())

    assert 24 == scheduler.room(Step.VERIFY, Lane.NOW)
    assert [1, 1, 8, 2_500] == [at_once(window) for window in (1, 4, 32, 10_000)]


def test_a_crowd_that_rings_keeps_the_window(doorway: "Doorway") -> None:
    """Eight processes that look before they ring pass it by one doorbell each, at most."""
    window, crowd = 20, 8

    def rings(bell: "Bell") -> int:
        rung = 0
        for _ in range(30):
            if bell.room(Step.VERIFY, Lane.NOW) > 0:
                rung += bell.ring(_doorbell())
        return rung

    with ThreadPoolExecutor(crowd) as threads:
        rung = sum(threads.map(rings, [doorway.bell(window=window) for _ in range(crowd)]))

    assert window <= rung <= window + crowd
    assert rung == doorway.client().llen("test:verify.now")


def test_redis_remembers_since_its_first_marker(doorway: "Doorway") -> None:
    """Whoever asks later is told the same moment."""
    assert NOW == doorway.bell().born(NOW)
    assert NOW == doorway.bell().born(NOW + timedelta(hours=1))


def test_a_redis_that_was_emptied_is_born_anew(doorway: "Doorway") -> None:
    """What was rung before is known to be lost."""
    bell = doorway.bell()
    bell.born(NOW)
    bell.ring(_doorbell())
    doorway.client().flushall()

    assert NOW + timedelta(hours=1) == bell.born(NOW + timedelta(hours=1))
    assert 32 == bell.room(Step.VERIFY, Lane.NOW)
    assert bell.ring(_doorbell())


def test_a_redis_that_is_down_costs_no_exception(nowhere: "Doorway") -> None:
    """No room, not rung, no birth: the record makes it good."""
    bell = nowhere.bell()

    assert 0 == bell.room(Step.VERIFY, Lane.NOW)
    assert not bell.ring(_doorbell())
    assert bell.born(NOW) is None
