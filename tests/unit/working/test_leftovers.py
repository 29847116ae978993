"""Leftovers: what nobody began is unrung soon, whatever the record does meanwhile."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from shared.working.leftovers import Leftovers

TROUBLE = OperationalError("", {}, Exception("the server closed the connection"))
IDS = [UUID(int=1), UUID(int=2)]


class Marks:
    """Keeps what was unrung; breaks as often as it is told."""

    def __init__(self, *, breaks: int = 0) -> None:
        self.tries = 0
        self.unrung: list[UUID] = []
        self._breaks = breaks

    def __call__(self, ids: Sequence[UUID]) -> None:
        self.tries += 1
        if self.tries <= self._breaks:
            raise TROUBLE
        self.unrung += ids


async def _left(marks: Marks, ids: Sequence[UUID] = IDS) -> None:
    leftovers = Leftovers(marks, first_wait_s=0.01)
    leftovers.leave(ids)
    await asyncio.sleep(0.4)


async def test_what_is_left_is_unrung_once() -> None:
    """A little later, and not again."""
    marks = Marks()
    await _left(marks)

    assert (IDS, 1) == (marks.unrung, marks.tries)


async def test_a_record_out_of_reach_is_tried_again() -> None:
    """Four times in all; then the doorbell grows old instead."""
    patient, vain = Marks(breaks=2), Marks(breaks=9)
    await _left(patient)
    await _left(vain)

    assert (IDS, 3) == (patient.unrung, patient.tries)
    assert ([], 4) == (vain.unrung, vain.tries)


async def test_nothing_left_asks_nobody() -> None:
    """No ids, no statement."""
    marks = Marks()
    await _left(marks, [])

    assert 0 == marks.tries


async def test_a_process_that_ends_unrings_at_once() -> None:
    """All that is left, in one statement, and nothing afterwards."""
    marks = Marks()
    leftovers = Leftovers(marks, first_wait_s=0.05)
    for id_ in IDS:
        leftovers.leave([id_])
    await leftovers.at_once()
    await leftovers.at_once()
    await asyncio.sleep(0.2)

    assert (IDS, 1) == (marks.unrung, marks.tries)


@pytest.mark.parametrize("broken", [ZeroDivisionError, asyncio.CancelledError, None])
async def test_only_an_answer_that_breaks_or_is_dropped_leaves_anything(
    broken: type[BaseException] | None,
) -> None:
    """And whoever waits for it hears of it all the same."""
    marks, heard = Marks(), None
    leftovers = Leftovers(marks, first_wait_s=0.01)
    try:
        with leftovers.unless_answered(IDS):
            if broken is not None:
                raise broken
    except (ZeroDivisionError, asyncio.CancelledError) as error:
        heard = type(error)
    await asyncio.sleep(0.2)

    assert (broken, IDS if broken else []) == (heard, marks.unrung)
