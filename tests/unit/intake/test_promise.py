"""How long a new application must stay away, and how often the record is asked."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from services.intake.promise import Backlog, Promise

OURS = UUID(int=1)


class _Row(NamedTuple):
    waiting: int
    pace: int


@dataclass
class FakeRecord:
    """A connection that tells one backlog, and counts how often it was asked."""

    waiting: int
    asked: int = 0

    def execute(self, *_: object) -> "FakeRecord":
        self.asked += 1
        return self

    def one(self) -> _Row:
        return _Row(self.waiting, 10)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = field(default=0.0)

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("waiting", "wait_s"),
    [(0, 0), (36_000, 0), (36_001, 60), (36_600, 60), (36_601, 61), (72_000, 3_600), (9**9, 3_600)],
)
def test_what_is_beyond_the_promise_is_waited_for(waiting: int, wait_s: int) -> None:
    """At ten a second an hour is 36,000; what is more leaves first, within a minute to an hour."""
    assert wait_s == Backlog(waiting, pace=10).wait_s(3_600)


def test_the_record_is_asked_once_in_five_seconds() -> None:
    """Of a hundred requests one counts; what it found holds for all, until it is old."""
    record: Any = FakeRecord(waiting=36_610)
    clock = Clock()
    promise = Promise(promised_s=3_600, clock=clock)
    waits = {promise.wait_s(record, OURS) for _ in range(100)}
    record.waiting, clock.now = 0, 4.9
    still = promise.wait_s(record, OURS)
    clock.now = 5.0

    assert ({61}, 61, 0) == (waits, still, promise.wait_s(record, OURS))
    assert 2 == record.asked


def test_a_slow_count_is_kept_for_longer() -> None:
    """One that took a second holds for twenty, so that counting is never most of the work."""
    clock = Clock()

    class Slow(FakeRecord):
        def execute(self, *_: object) -> "FakeRecord":
            clock.now += 1.0
            return super().execute()

    record: Any = Slow(waiting=0)
    promise = Promise(promised_s=3_600, clock=clock)
    promise.wait_s(record, OURS)
    clock.now = 20.9
    promise.wait_s(record, OURS)
    asked, clock.now = record.asked, 21.0
    promise.wait_s(record, OURS)

    assert (1, 2) == (asked, record.asked)


def test_habilitations_have_backlogs_of_their_own() -> None:
    """Each is counted for itself, and those unasked for longest are forgotten first."""
    record: Any = FakeRecord(waiting=0)
    promise = Promise(promised_s=3_600, clock=Clock())
    promise.wait_s(record, OURS)
    for _ in range(1_000):
        promise.wait_s(record, uuid4())

    assert (1_001, 1_000) == (record.asked, len(promise._known))


def test_a_count_that_fails_is_nobody_elses_wait() -> None:
    """The record broke while it counted: others go by what was known, and ask again in time."""

    class Broken:
        def execute(self, *_: object) -> None:
            raise ConnectionError

    broken: Any = Broken()
    record: Any = FakeRecord(waiting=10**6)
    clock = Clock()
    promise = Promise(promised_s=3_600, clock=clock)
    with pytest.raises(ConnectionError):
        promise.wait_s(broken, OURS)
    meanwhile, clock.now = promise.wait_s(record, OURS), 5.0

    assert (0, 3_600) == (meanwhile, promise.wait_s(record, OURS))
