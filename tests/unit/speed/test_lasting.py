"""A turn lasts as long as it must, whatever its warming up said of the rate."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.speed.judging import VoidError
from benchmarks.speed.lasting import lasting
from benchmarks.speed.report import Drain

_START = datetime(2026, 11, 26, 12, tzinfo=UTC)


class _Machine:
    """A machine that settles at one rate after the other, the last for ever."""

    def __init__(self, *rates: float) -> None:
        self._rates = list(rates)
        self.asked: list[int] = []

    def drained(self, how_many: int) -> Drain:
        rate = self._rates.pop(0) if len(self._rates) > 1 else self._rates[0]
        self.asked.append(how_many)
        return Drain(how_many, _START, _START + timedelta(seconds=(how_many - 1) / rate))


def test_a_steady_machine_drains_once_to_warm_up_and_once_to_count() -> None:
    """Two fifths more than the rate promises."""
    machine = _Machine(100)

    assert lasting(machine.drained, 600, 10).seconds >= 10
    assert [600, 1_400] == machine.asked


def test_a_turn_that_was_too_short_is_taken_again() -> None:
    """A machine that others have left is faster: the second turn goes by the first one's rate."""
    machine = _Machine(100, 300, 300)

    assert lasting(machine.drained, 600, 10).seconds >= 10
    assert [600, 1_400, 4_200] == machine.asked


def test_a_machine_that_is_never_steady_gives_no_figure() -> None:
    """A few turns, each too short: no figure is better than a wrong one."""
    machine = _Machine(*(2.0**n * 100 for n in range(9)))

    with pytest.raises(VoidError, match="lasted 10 s"):
        lasting(machine.drained, 600, 10)
