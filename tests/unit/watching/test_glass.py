"""One reading for all who look, and a bounded part of the time spent reading."""

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from shared.watching.exposition import REST
from shared.watching.figures import Snapshot
from shared.watching.glass import Glass


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
    """The metrics': nine times what it took, a second at least, a minute at most."""
    clock = Clock()
    readings = Readings(clock, calm, seconds=seconds)
    glass = Glass(readings, rest=REST, clock=clock)

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


class Stuck:
    """Its second reading lasts until it is let go."""

    def __init__(self) -> None:
        self.numbers, self.begun, self.go_on = count(1), threading.Event(), threading.Event()

    def __call__(self) -> int:
        number = next(self.numbers)
        if number > 1:
            self.begun.set()
            assert self.go_on.wait(5)
        return number


@pytest.mark.parametrize(("late", "shown"), [(0.0, 1), (61.0, 2)])
def test_while_one_reads_the_others_see_the_last(late: float, shown: int) -> None:
    """Nobody waits for a reading that another takes, unless the last is older by a minute."""
    clock, stuck, seen = Clock(), Stuck(), list[int]()
    glass = Glass(stuck, clock=clock)
    glass.look()
    clock.now += 1.0 + late
    reader = threading.Thread(target=glass.look)
    reader.start()
    assert stuck.begun.wait(5)
    other = threading.Thread(target=lambda: seen.append(glass.look()))
    other.start()
    other.join(0.2)
    waited = not seen
    stuck.go_on.set()
    reader.join(5)
    other.join(5)

    assert ([shown], shown > 1) == (seen, waited)
