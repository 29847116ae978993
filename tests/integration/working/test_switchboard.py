"""The switchboard: a worker obeys within a second, and outlives a record that is away."""

from typing import TYPE_CHECKING

import pytest

from shared.protocol import switching
from shared.protocol.pauses import Turn
from shared.states import Lane, Step
from shared.store.engine import open_engine
from shared.working.switchboard import Switchboard

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack


class Clock:
    """Seconds, as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_switch_is_obeyed_within_a_second(record: "Record") -> None:
    """In between, the record is not asked again."""
    clock = Clock()
    board, founded = Switchboard(record.engine, clock=clock), record.founded
    turn = Turn(founded.authority, founded.scheme, founded.habilitation, Lane.BULK)
    assert not board.stops(Step.PRICE, turn)

    switching.pause(record.engine, "queue:price.bulk", until=None, reason="essai", by="test")
    clock.now = 0.9
    assert not board.stops(Step.PRICE, turn)
    clock.now = 1.1
    assert board.stops(Step.PRICE, turn)
    switching.resume(record.engine, "queue:price.bulk")
    clock.now = 2.2
    assert not board.stops(Step.PRICE, turn)


def test_a_record_that_is_away_leaves_what_was_known(record: "Record") -> None:
    """No exception: there is nothing to claim either."""
    unreachable = open_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", name="test")
    board, founded = Switchboard(unreachable), record.founded
    turn = Turn(founded.authority, founded.scheme, founded.habilitation, Lane.NOW)

    assert not board.stops(Step.VERIFY, turn)
    unreachable.dispose()
