"""The honest bell: a mark in the record for what was rung, and for nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from shared.events import Doorbell
from shared.protocol.honest_bell import HonestBell
from shared.states import Lane, Step

BELL = Doorbell(step=Step.PRICE, lane=Lane.BULK, habilitation=UUID(int=1), ids=(UUID(int=2),))


@dataclass
class Redis:
    """Has room for three, and takes a doorbell or does not."""

    takes: bool

    def room(self, step: Step, lane: Lane) -> int:
        return 3 if (step, lane) == (Step.PRICE, Lane.BULK) else 0

    def ring(self, doorbell: Doorbell) -> bool:
        assert BELL == doorbell
        return self.takes


@dataclass
class Record:
    """Keeps what was unmarked, when it is within reach."""

    away: bool = False
    unmarked: list[tuple[Step, Sequence[UUID]]] = field(default_factory=list)

    def unring(self, step: Step, ids: Sequence[UUID]) -> None:
        if self.away:
            raise OperationalError("", {}, Exception("the server closed the connection"))
        self.unmarked.append((step, ids))


@pytest.mark.parametrize("takes", [True, False])
def test_only_what_was_refused_is_unmarked(takes: bool) -> None:  # noqa: FBT001
    """By step: what is due for another step has a mark of its own."""
    record = Record()
    rung = HonestBell(Redis(takes), record.unring).ring(BELL)

    assert (takes, [] if takes else [(Step.PRICE, BELL.ids)]) == (rung, record.unmarked)


def test_a_record_out_of_reach_breaks_nobody() -> None:
    """Its doorbell is thought lost later on."""
    assert not HonestBell(Redis(takes=False), Record(away=True).unring).ring(BELL)


def test_the_room_is_that_of_redis() -> None:
    """As the bell itself sees it."""
    bell = HonestBell(Redis(takes=True), Record().unring)

    assert (3, 0) == (bell.room(Step.PRICE, Lane.BULK), bell.room(Step.VERIFY, Lane.NOW))
