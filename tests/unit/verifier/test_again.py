"""Calling again: a permit is waited for, and not for ever."""

import asyncio
from dataclasses import dataclass, field

from services.verifier.again import waiting
from shared.queue.pace import Permits


@dataclass
class Pace:
    """Refuses as told, then gives; how often it was asked."""

    refusals: list[float] = field(default_factory=list)
    asked: int = 0

    def __call__(self) -> Permits:
        self.asked += 1
        return Permits(0, self.refusals.pop(0)) if self.refusals else Permits(1, 0)


async def test_a_permit_that_is_there_is_taken_at_once() -> None:
    """One look, no wait."""
    pace = Pace()

    assert await waiting(pace, longest_s=0)()
    assert 1 == pace.asked


async def test_a_permit_is_waited_for_as_long_as_the_pace_says() -> None:
    """Refused twice for a moment, then given."""
    pace, begun = Pace([0.05, 0.02]), asyncio.get_running_loop().time()

    assert await waiting(pace, longest_s=5)()
    assert 3 == pace.asked
    assert asyncio.get_running_loop().time() - begun >= 0.07


async def test_who_would_wait_too_long_is_told_at_once() -> None:
    """A pause of an hour is not sat out by a call under way."""
    async with asyncio.timeout(1):
        assert not await waiting(Pace([3_600.0]), longest_s=5)()


async def test_short_waits_do_not_add_up_for_ever() -> None:
    """However short each of them, and however often."""
    pace = Pace([0.0] * 100_000)

    async with asyncio.timeout(2):
        assert not await waiting(pace, longest_s=0.1)()
    assert pace.asked <= 12
