"""A run of the demo: families from the simulator, enrolments to intake, and what came of them."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from httpx_aiohttp import HttpxAiohttpClient

from services.command.demo.families import Family, some_of
from services.command.demo.oracle import Expected, expected
from services.command.demo.portal import Portal
from services.command.demo.verdict import SETTLED, Case, Verdict

Progress = Callable[[int, int], None]
"""Told how many are handed in, and how many have settled."""

_AT_ONCE = 16
_LOOK = 64
_PAUSE_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run: how many families, against which town, and how long to wait for the last."""

    applications: int
    intake_url: str
    simulator_url: str
    portal_key: str
    settle_within_s: float
    run_key: str = "demo"


async def run(order: Order, progress: Progress = lambda _submitted, _settled: None) -> Verdict:
    """Hand in every family, wait until each has settled or time is out, and judge."""
    async with HttpxAiohttpClient(timeout=30.0, trust_env=False) as http:
        families = await some_of(http, order.simulator_url, order.applications)
        portal = Portal(http, intake_url=order.intake_url, key=order.portal_key)
        started = time.monotonic()
        board = _Board(portal, order, progress)
        submitting = asyncio.create_task(board.submit_all(families))
        await board.settle_all(submitting)
        return Verdict(board.cases(families), board.last_settled - started)


class _Board:
    """Who was handed in, who has settled."""

    def __init__(self, portal: Portal, order: Order, progress: Progress) -> None:
        self._portal = portal
        self._order = order
        self._progress = progress
        self._cases: dict[int, Case] = {}
        self._open: deque[int] = deque()
        self._settled = 0
        self.last_settled = time.monotonic()

    def cases(self, families: Sequence[Family]) -> Sequence[Case]:
        """Every family, in order; one that there was no time to hand in was accepted by nobody."""
        return [
            self._cases.get(number) or Case(_awaited(family), None)
            for number, family in enumerate(families)
        ]

    async def submit_all(self, families: Sequence[Family]) -> None:
        """Hand in every family, some at once, in order."""
        numbers = iter(range(len(families)))

        async def submit_some() -> None:
            for number in numbers:
                await self._submit(number, families[number])

        await asyncio.gather(*(submit_some() for _ in range(_AT_ONCE)))

    async def settle_all(self, submitting: "asyncio.Task[None]") -> None:
        """Look at those still open, turn by turn, until none is or time is out."""
        deadline = time.monotonic() + self._order.settle_within_s
        while time.monotonic() < deadline and (self._open or not submitting.done()):
            looked = [self._open.popleft() for _ in range(min(_LOOK, len(self._open)))]
            settled = await asyncio.gather(*(self._look(number) for number in looked))
            if sum(settled) * 2 <= len(looked):
                await asyncio.sleep(_PAUSE_S)
        await _end(submitting)

    async def _submit(self, number: int, family: Family) -> None:
        key = f"{self._order.run_key}-{number}"
        reference = await self._portal.submit(family["enrolment"], key=key)
        self._cases[number] = Case(_awaited(family), reference)
        if reference is not None:
            self._open.append(number)
        self._progress(len(self._cases), self._settled)

    async def _look(self, number: int) -> bool:
        case = self._cases[number]
        assert case.reference is not None  # noqa: S101  # only these are open
        seen = await self._portal.state(case.reference)
        if seen is None or seen.state not in SETTLED:
            self._open.append(number)
            return False
        decision = None
        if seen.state == "DECIDED":
            decision = await self._portal.decision(case.reference)
        self._cases[number] = replace(case, state=seen.state, reason=seen.reason, decision=decision)
        self._settled += 1
        self.last_settled = time.monotonic()
        self._progress(len(self._cases), self._settled)
        return True


def _awaited(family: Family) -> Expected:
    return expected(family, datetime.now(UTC).date())


async def _end(submitting: "asyncio.Task[None]") -> None:
    """Hand in no more; what broke while handing in is raised here."""
    submitting.cancel()
    await asyncio.wait([submitting])
    if not submitting.cancelled():
        submitting.result()
