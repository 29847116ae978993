"""The page costs the record a tenth of the time at most, however many look."""

from collections.abc import Iterator
from itertools import count

import pytest

from shared.watching.figures import Snapshot
from shared.watching.freshness import Glass


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Readings:
    """Takes `seconds` for each reading, and counts them."""

    def __init__(self, clock: Clock, snapshot: Snapshot, *, seconds: float) -> None:
        self.clock, self.snapshot, self.seconds = clock, snapshot, seconds
        self.numbers, self.taken = count(1), 0

    def __call__(self) -> Snapshot:
        self.clock.now += self.seconds
        self.taken = next(self.numbers)
        return self.snapshot


@pytest.mark.parametrize(("seconds", "rest"), [(0.01, 1.0), (0.5, 4.5), (15.0, 60.0)])
def test_rest_follows_a_reading(seconds: float, rest: float, calm: Snapshot) -> None:
    """Nine times what it took, a second at least, a minute at most."""
    clock = Clock()
    readings = Readings(clock, calm, seconds=seconds)
    glass = Glass(readings, clock=clock)

    glass.look()
    clock.now += rest - 0.001
    glass.look()
    before = readings.taken
    clock.now += 0.002
    glass.look()

    assert (1, 2) == (before, readings.taken)


def test_a_failed_reading_is_not_kept(calm: Snapshot) -> None:
    """When the record is back, the next look sees it."""
    answers: Iterator[OSError | Snapshot] = iter([OSError("down"), calm])

    def read() -> Snapshot:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    glass = Glass(read, clock=Clock())
    with pytest.raises(OSError, match="down"):
        glass.look()

    assert calm is glass.look()
