"""Room for work in one process: how much is in flight, and who must be alone."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import takewhile

from shared.states import Lane


class Slots:
    """A bound on what is in flight, from which a batch takes as many places as there are.

    A quarter of the places is kept for those who wait behind a screen: slow answers to a bulk of
    applications cannot keep them out.
    """

    def __init__(self, most: int) -> None:
        self._most = {Lane.NOW: most, Lane.BULK: most - most // 4}
        self._left = asyncio.Event()
        self.in_flight = 0

    async def take(self, wanted: int, lane: Lane = Lane.NOW) -> int:
        """Wait until at least one place is free for this lane, and take at most `wanted`."""
        while self.in_flight >= self._most[lane]:
            self._left.clear()
            await self._left.wait()
        taken = min(wanted, self._most[lane] - self.in_flight)
        self.in_flight += taken
        return taken

    def leave(self, places: int) -> None:
        """Give places back."""
        self.in_flight -= places
        self._left.set()


@dataclass(slots=True)
class _Line:
    first: asyncio.Lock = field(default_factory=asyncio.Lock)
    standing: int = 0


class Lines:
    """Lines of those who want the same thing, one behind the other; an empty line is gone."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, _Line] = {}

    @asynccontextmanager
    async def stand(self, what: Hashable) -> AsyncIterator[None]:
        """Be the first in line for the length of the block."""
        line = self._lines.setdefault(what, _Line())
        line.standing += 1
        try:
            async with line.first:
                yield
        finally:
            line.standing -= 1
            if line.standing == 0:
                del self._lines[what]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """One in line before the gate."""

    alone: bool


class Gate:
    """Lets batches in together, or one alone: what may kill its process must kill nobody else.

    Each enters in its turn: one that waits to be alone waits for those before it only, keeps
    newcomers out meanwhile, and lets those who came before the next one pass.
    """

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._line: list[_Waiting] = []
        self._inside = 0
        self._alone = False

    @property
    def wanted_alone(self) -> bool:
        """Whether somebody waits to be alone: those inside should not linger."""
        return any(one.alone for one in self._line)

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Stay inside for the length of the block."""
        await self._queue(_Waiting(alone=alone))
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= 1
                self._alone = False
                self._changed.notify_all()

    async def _queue(self, me: _Waiting) -> None:
        async with self._changed:
            self._line.append(me)
            try:
                await self._changed.wait_for(lambda: self._is_turn_of(me))
                self._inside += 1
                self._alone = me.alone
            finally:
                self._line.remove(me)
                self._changed.notify_all()

    def _is_turn_of(self, me: _Waiting) -> bool:
        if me.alone:
            return self._inside == 0 and self._line[0] is me
        before = takewhile(lambda one: one is not me, self._line)
        return not self._alone and not any(one.alone for one in before)
