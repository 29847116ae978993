"""Glasses: one reading for all who reach the same authorities."""

from uuid import UUID, uuid4

import pytest

from services.console.rooms.overview import Glasses, Overviews
from shared.roles import Role, Scope
from shared.watching.figures import Snapshot
from shared.watching.overview import Overview
from tests.unit.console.shown import overview_of

_MOST = 32


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
