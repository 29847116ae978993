"""Glasses: one reading for all who reach the same authorities."""

from uuid import UUID, uuid4

import pytest

from services.console.rooms.overview import Glasses, Overviews
from shared.roles import Role, Scope
from shared.watching.figures import Snapshot
from shared.watching.overview import Overview
from tests.unit.console.shown import overview_of

_MOST = 32


class Slow:
    """Each reading takes half a second of a clock that only it and the test move."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.now, self.spent, self._snapshot = 0.0, 0.0, snapshot

    def __call__(self) -> float:
        return self.now

    def read(self, _scope: Scope) -> Overview:
        self.now += 0.5
        self.spent += 0.5
        return overview_of(self._snapshot)


class Readings:
    """Counts how often each set of authorities is read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.of: list[frozenset[UUID] | None] = []
        self._snapshot = snapshot

    def read(self, scope: Scope) -> Overview:
        self.of.append(scope.authorities)
        return overview_of(self._snapshot)


@pytest.fixture
def readings(calm: Snapshot) -> Readings:
    return Readings(calm)


def test_who_reaches_the_same_shares_a_reading(readings: Readings) -> None:
    """Whoever they are; who reaches something else has one of their own."""
    glasses, arles = Glasses(Overviews(readings.read), clock=lambda: 0.0), frozenset({uuid4()})

    for scope in (
        Scope(Role.OPS, None, uuid4()),
        Scope(Role.OPS, None, uuid4()),
        Scope(Role.AGENT, arles, uuid4()),
        Scope(Role.SUPERVISOR, arles, uuid4()),
    ):
        glasses.look(scope)

    assert [None, arles] == readings.of


def test_so_many_reaches_are_kept(readings: Readings) -> None:
    """The one that nobody asked for longest is read again; the last ones are not."""
    glasses = Glasses(Overviews(readings.read), clock=lambda: 0.0)
    reaches = [frozenset({uuid4()}) for _ in range(_MOST + 1)]
    for reach in reaches:
        glasses.look(Scope(Role.AGENT, reach))

    glasses.look(Scope(Role.AGENT, reaches[-1]))
    glasses.look(Scope(Role.AGENT, reaches[0]))

    assert [*reaches, reaches[0]] == readings.of


@pytest.mark.parametrize("reaches", [1, 7, _MOST])
def test_together_they_read_a_twentieth_of_the_time(calm: Snapshot, reaches: int) -> None:
    """However many sets of authorities people watch, each second; once the first are read."""
    slow = Slow(calm)
    glasses = Glasses(Overviews(slow.read), clock=slow)
    scopes = [Scope(Role.AGENT, frozenset({uuid4()})) for _ in range(reaches)]
    for scope in scopes * 2:
        glasses.look(scope)
    slow.spent, began = 0.0, slow.now
    while slow.now < began + 3_600:
        for scope in scopes:
            glasses.look(scope)
        slow.now += 1

    assert slow.spent > 0
    assert slow.spent / (slow.now - began) < 0.05
