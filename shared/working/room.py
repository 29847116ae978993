"""Room for work in one process: how much is in flight, and who must be alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import takewhile


class Slots:
    """A bound on what is in flight, from which a batch takes as many places as there are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = asyncio.Event()
        self.in_flight = 0

    async def take(self, wanted: int) -> int:
        """Wait until at least one place is free, and take at most `wanted`."""
        while self.in_flight >= self._most:
            self._left.clear()
            await self._left.wait()
        taken = min(wanted, self._most - self.in_flight)
        self.in_flight += taken
        return taken

    def leave(self, places: int) -> None:
        """Give places back."""
        self.in_flight -= places
        self._left.set()


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
