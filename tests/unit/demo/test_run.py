"""A run's board: nobody is forgotten, whatever intake does, and time is bounded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.command.demo.portal import Seen
from services.command.demo.run import _AT_ONCE, Order, Progress, _Board
from services.command.demo.verdict import Case, Verdict

_FAMILY = {
    "enrolment": {},
    "truth": {"faults_for_ever": False, "identified": False, "refusal": None},
}
_SEEN = Seen("TO_REVIEW", "not_identified")


@dataclass
class FakePortal:
    """Accepts all but some, and sees each settled after so many looks; counts who is there."""

    hangs_from: int = 1_000
    refuses: int | None = None
    breaks: bool = False
    looks: int = 2
    seen: dict[str, int] = field(default_factory=dict)
    there: int = 0
    most_there: int = 0

    async def submit(self, _enrolment: Mapping[str, Any], *, key: str) -> str | None:
        self.there += 1
        self.most_there = max(self.most_there, self.there)
        await asyncio.sleep(0)
        self.there -= 1
        number = int(key.rpartition("-")[2])
        if number >= self.hangs_from:
            await asyncio.sleep(60)
        if self.breaks:
            raise KeyError("reference")
        return None if number == self.refuses else f"B-{number}"

    async def state(self, reference: str) -> Seen | None:
        self.seen[reference] = self.seen.get(reference, 0) + 1
        return _SEEN if self.seen[reference] >= self.looks else Seen("RECEIVED", None)


async def _run(
    portal: FakePortal,
    *,
    how_many: int = 40,
    within_s: float = 5,
    progress: Progress = lambda _submitted, _settled: None,
) -> Verdict:
    order = Order(
        applications=how_many,
        intake_url="",
        simulator_url="",
        portal_key="",
        settle_within_s=within_s,
    )
    board = _Board(portal, order, progress)  # type: ignore[arg-type]
    families = [_FAMILY] * how_many
    await board.settle_all(asyncio.create_task(board.submit_all(families)))
    return Verdict(board.cases(families), 1.0)


async def test_everybody_settles() -> None:
    """Looked at until at rest, each in its place; the progress ends at all of them."""
    told: list[tuple[int, int]] = []
    verdict = await _run(FakePortal(), progress=lambda *counts: told.append(counts))

    assert [f"B-{number}" for number in range(40)] == [case.reference for case in verdict.cases]
    assert (0, 0) == (verdict.lost, verdict.wrong)
    assert (40, 40) == told[-1]


async def test_so_many_are_handed_in_at_once() -> None:
    """However many there are: a demo is no flood."""
    portal = FakePortal()
    await _run(portal, how_many=3 * _AT_ONCE)

    assert _AT_ONCE == portal.most_there


async def test_who_never_settles_is_lost() -> None:
    """Time out is no excuse, and ends the run."""
    verdict = await _run(FakePortal(looks=1_000_000), how_many=3, within_s=0.2)

    assert (3, 0) == (verdict.lost, verdict.wrong)


async def test_who_was_refused_or_never_handed_in_is_wrong() -> None:
    """A run that ended before its last family does not pass for a good one."""
    verdict = await _run(FakePortal(hangs_from=10, refuses=4), within_s=1)

    assert (0, 31) == (verdict.lost, verdict.wrong)
    assert Case(verdict.cases[4].expected, None) == verdict.cases[4]
    assert 9 == verdict.as_json()["submitted"]


async def test_what_breaks_while_handing_in_is_told() -> None:
    """At once, not when time is out."""
    with pytest.raises(KeyError):
        await asyncio.wait_for(_run(FakePortal(breaks=True)), 2)
