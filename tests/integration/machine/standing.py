"""Standing: what every part of the machine stands on, and the laws after each of its steps.

No rule has a precondition: what a step draws never depends on ids and times, which differ between
runs. A step that finds nothing to do does nothing.
"""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from shared.states import Status
from tests.integration.machine import healing
from tests.integration.machine.families import Family
from tests.integration.machine.gates import Stage, Waiting
from tests.integration.machine.laws import LAWS, Seen, came_in_order, nothing_is_taken_back, see
from tests.integration.machine.processes import Process
from tests.integration.machine.town import Place, Town

PICK = st.integers(0, 11)
T = TypeVar("T")
P = TypeVar("P", bound=Process)


class Standing(RuleBasedStateMachine):
    """A town, the families that came, and what was seen of the record last."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.town = Town(place)
        self.families: list[Family] = []
        self.dead: set[UUID] = set()
        self.seen: Seen = self._look()

    @invariant()
    def the_laws_hold(self) -> None:
        """Every law, on the record as it is now."""
        now = self._look()
        found = [f"{law.__name__}: {one}" for law in LAWS for one in law(now)]
        found += nothing_is_taken_back(self.seen, now)
        self.dead |= {
            row.event_id for rows in now.deliveries.values() for row in rows if row.status == "DEAD"
        }
        found += came_in_order(self.town.ground.received, self.dead)
        assert [] == found + self.town.ground.broken
        assert {one.id for one in self.families} == set(now.applications)
        self.seen = now

    def teardown(self) -> None:
        """Heal, and see what everything came to; but not what is broken already."""
        try:
            if sys.exc_info()[0] is None:
                healing.heal(self.town, self.families, self.the_laws_hold)
                healing.check(self.town, self.families)
        finally:
            self.town.close()

    def _look(self) -> Seen:
        return see(self.town.engine, self.town.portal)

    def status(self, family: Family) -> Status:
        """Where it stood after the last step."""
        return Status(self.seen.applications[family.id].status)

    def those_in(self, *states: Status) -> list[Family]:
        """The families whose applications stood there."""
        return [one for one in self.families if self.status(one) in states]

    def before(self, processes: Sequence[P], *stages: Stage) -> list[tuple[P, Waiting]]:
        """Who waits before these gates, of processes that are not frozen, by process and family."""
        place = {one.reference: n for n, one in enumerate(self.families)}
        return [
            (process, one)
            for process in processes
            if not process.frozen
            for one in sorted(process.gates.waiting, key=lambda one: place[one.reference])
            if one.stage in stages
        ]


def pick(options: Sequence[T], which: int) -> T:
    """One of them, whatever the number."""
    return options[which % len(options)]


def replace(processes: list[P], old: P, make: Callable[[], P]) -> None:
    """End a process as `kill -9` does; another takes its place."""
    old.die()
    processes[processes.index(old)] = make()
