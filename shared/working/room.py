"""Room for work in one process: how much is in flight, and who must be alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """A bound on what is in flight, from which a batch takes as many places as there are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._changed = asyncio.Condition()
        self.in_flight = 0

    async def take(self, wanted: int) -> int:
        """Wait until at least one place is free, and take at most `wanted`."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.in_flight < self._most)
            taken = min(wanted, self._most - self.in_flight)
            self.in_flight += taken
            return taken

    async def leave(self, places: int) -> None:
        """Give places back."""
        async with self._changed:
            self.in_flight -= places
            self._changed.notify_all()


class Gate:
    """Lets batches in together, or one alone: what may kill its process must kill nobody else.

    One that waits to be alone keeps newcomers out, so that it waits for those inside only.
    """

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._inside = 0
        self._waiting_alone = 0
        self._alone = False

    @property
    def wanted_alone(self) -> bool:
        """Whether somebody waits to be alone: those inside should not linger."""
        return self._waiting_alone > 0

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Stay inside for the length of the block."""
        await (self._enter_alone() if alone else self._enter_together())
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= 1
                self._alone = False
                self._changed.notify_all()

    async def _enter_together(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._alone and not self._waiting_alone)
            self._inside += 1

    async def _enter_alone(self) -> None:
        async with self._changed:
            self._waiting_alone += 1
            try:
                await self._changed.wait_for(lambda: self._inside == 0)
                self._inside, self._alone = 1, True
            finally:
                self._waiting_alone -= 1
                self._changed.notify_all()
