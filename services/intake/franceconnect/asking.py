"""Asking: a permit, then one call, while a portal waits; bounded in number and in time.

A FranceConnect token lives about a minute: what cannot be asked within three quarters of it is
answered at once, and the portal goes on without evidence.
"""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol
from uuid import UUID

from anyio import CapacityLimiter, to_thread

from services.intake.franceconnect.calls import Token
from services.intake.franceconnect.question import Right
from services.intake.problems import ProblemError, later
from services.intake.wordings import Kind
from services.verifier.provider.answer import Answer
from shared.crash_points import Point
from shared.crashing import reach

AT_ONCE = 16
OVERALL_S = 45.0
STOPPING_S = 10.0
_COME_BACK_S = 5
_SHORTEST_WAIT_S = 0.05


class Permits(Protocol):
    """Gives a permit (0), or tells how many seconds to wait."""

    def take(self, right: Right) -> float: ...


class Asks(Protocol):
    """Makes one call."""

    async def ask(self, right: Right, token: Token) -> Answer: ...
    async def close(self) -> None: ...


class Asking:
    """At most `at_once` callbacks are served together, each within `overall_s` seconds.

    Args:
        permits: the shared pace.
        calls: makes the call.
        rest: `stop_calls(habilitation, seconds, why)` once the State asked for a rest.
        call_s: the longest call: what is left of `overall_s` may be spent waiting for a permit.
        overall_s: seconds.
        at_once: more are told to come back.
        stopping_s: what is left to who is here when the order to stop comes.
    """

    def __init__(
        self,
        permits: Permits,
        calls: Asks,
        *,
        rest: Callable[[UUID, float, str], None],
        call_s: float,
        overall_s: float = OVERALL_S,
        at_once: int = AT_ONCE,
        stopping_s: float = STOPPING_S,
    ) -> None:
        self._permits = permits
        self._calls = calls
        self.rest = rest
        self._longest_wait_s = overall_s - call_s
        self._overall_s = overall_s
        self._at_once = at_once
        self._stopping_s = stopping_s
        self._threads = CapacityLimiter(at_once)
        self._deadlines: set[asyncio.Timeout] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    @contextmanager
    def place(self) -> Iterator[asyncio.Timeout]:
        """A place, and the deadline of who has it.

        Raises:
            ProblemError: overloaded, when all are taken; unavailable, while stopping.
        """
        if self._stopping:
            raise later(Kind.UNAVAILABLE, seconds=_COME_BACK_S)
        if len(self._deadlines) >= self._at_once:
            raise later(Kind.OVERLOADED, seconds=_COME_BACK_S)
        self._loop = asyncio.get_running_loop()
        deadline = asyncio.timeout(self._overall_s)
        self._deadlines.add(deadline)
        try:
            yield deadline
        except TimeoutError:
            kind = Kind.UNAVAILABLE if self._stopping else Kind.STATE_UNAVAILABLE
            raise later(kind, seconds=_COME_BACK_S) from None
        finally:
            self._deadlines.discard(deadline)

    async def ask(self, right: Right, token: Token) -> Answer:
        """Wait for a permit, then call.

        Raises:
            ProblemError: state-busy, when no permit will come in time.
        """
        await self._permitted(right)
        reach(Point.BEARER_PERMITTED)
        answer = await self._calls.ask(right, token)
        reach(Point.BEARER_TOLD)
        return answer

    def stop(self) -> None:
        """The order to stop: nobody new, and who is here ends soon. Safe in a signal's handler."""
        self._stopping = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hurry)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def _permitted(self, right: Right) -> None:
        loop = asyncio.get_running_loop()
        last = loop.time() + self._longest_wait_s
        while wait_s := await self._take(right):
            if loop.time() + wait_s > last:
                raise busy(wait_s)
            await asyncio.sleep(max(wait_s, _SHORTEST_WAIT_S))

    async def _take(self, right: Right) -> float:
        take = partial(self._permits.take, right)
        return await to_thread.run_sync(take, limiter=self._threads)

    def _hurry(self) -> None:
        soon = asyncio.get_running_loop().time() + self._stopping_s
        for deadline in self._deadlines:
            when = deadline.when()
            if when is not None and when > soon:
                deadline.reschedule(soon)


def busy(wait_s: float) -> ProblemError:
    """The State takes no call for so many seconds."""
    return later(Kind.STATE_BUSY, seconds=max(1, math.ceil(wait_s)))
