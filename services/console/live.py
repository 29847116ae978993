"""Live: a part of a page, drawn anew every few seconds for whoever watches (server-sent events).

Nobody is watched for long without being asked again who they are: a stream ends with its session,
and after `LONGEST_S` at the latest; the browser then opens another, through the gate.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Final

from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from services.console.visit import Visit

EVERY_S: Final = 5.0
LONGEST_S: Final = 600.0
_ASKED_AGAIN = 3  # beats after which a session is looked up again
_SLICES = 10  # of a beat, between which an order to stop is heeded
_HEADERS = {"X-Accel-Buffering": "no"}  # a proxy hands on what it is given


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page as it is now; `over` says that it changes no more."""

    html: str
    over: bool = False


class Watch:
    """The streams of one page: a beat every so often, so long each."""

    def __init__(self, *, every_s: float = EVERY_S, longest_s: float = LONGEST_S) -> None:
        self._every_s, self._beats = every_s, int(longest_s / every_s)

    def answer(self, visit: Visit, draw: Callable[[], Part]) -> Response:
        """A stream of what is drawn; `draw` runs in a thread."""
        stream = self.stream(visit, draw)
        return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)

    async def stream(self, visit: Visit, draw: Callable[[], Part]) -> AsyncGenerator[str, None]:
        """`part` at each beat; then `end` with why: over, left (the session), full (too many)."""
        with visit.house.seats.taken() as seated:
            if not seated:
                yield _event("end", "full")
                return
            async for event in self._beating(visit, draw):
                yield event

    async def _beating(self, visit: Visit, draw: Callable[[], Part]) -> AsyncGenerator[str, None]:
        for beat in range(self._beats):
            if beat and beat % _ASKED_AGAIN == 0 and not await run_in_threadpool(_still_in, visit):
                yield _event("end", "left")
                return
            part = await run_in_threadpool(_drawn, draw)
            if part is not None:
                yield _event("part", part.html)
            if part is not None and part.over:
                yield _event("end", "over")
                return
            if not await self._rest(visit):
                return

    async def _rest(self, visit: Visit) -> bool:
        """Wait for the next beat; False when the process is to stop."""
        for _ in range(_SLICES):
            if visit.house.closing():
                return False
            await asyncio.sleep(self._every_s / _SLICES)
        return True


def _drawn(draw: Callable[[], Part]) -> Part | None:
    """The part; None while the record does not answer: the page keeps what it shows."""
    try:
        return draw()
    except SQLAlchemyError:
        return None


def _still_in(visit: Visit) -> bool:
    try:
        return visit.house.door.who(visit.cookies.session) is not None
    except SQLAlchemyError:
        return True  # nobody knows; the next look will tell


def _event(name: str, data: str) -> str:
    lines = "\n".join(f"data: {line}" for line in data.splitlines())
    return f"event: {name}\n{lines}\n\n"
