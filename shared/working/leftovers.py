"""Leftovers: what a doorbell named and nobody began is unrung, so that a scheduler rings it anew.

Without that an answer that broke, or a claim that came too early, would leave its applications
marked as rung, until their doorbell is thought lost (`Tempo.ring_again`).
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

_TRIES = 4  # afterwards the doorbell grows old instead
_FIRST_WAIT_S = 0.5  # before the first try; twice as long before each one after it


class Leftovers:
    """Unrings in the background, as soon as the record answers.

    Args:
        unring: takes the marks away of those that are still due and in nobody's hands.
        first_wait_s: seconds before the first try, so that what cannot be claimed just now is not
            rung at every tick.
    """

    def __init__(
        self,
        unring: Callable[[Sequence[UUID]], None],
        *,
        first_wait_s: float = _FIRST_WAIT_S,
    ) -> None:
        self._unring = unring
        self._first_wait_s = first_wait_s
        self._left: dict[asyncio.Task[None], tuple[UUID, ...]] = {}

    def leave(self, ids: Sequence[UUID]) -> None:
        """Unring these soon; returns at once."""
        if ids:
            task = asyncio.create_task(self._patiently(tuple(ids)))
            self._left[task] = tuple(ids)
            task.add_done_callback(self._left.pop)

    @contextmanager
    def unless_answered(self, ids: Sequence[UUID]) -> Iterator[None]:
        """Leave these when their answer breaks, or is dropped with this process' life."""
        try:
            yield
        except BaseException:
            self.leave(ids)
            raise

    async def at_once(self) -> None:
        """Unring all that is still left, once and now, for this process ends."""
        left = [id_ for ids in self._left.values() for id_ in ids]
        for task in self._left:
            task.cancel()
        if left:
            with suppress(SQLAlchemyError):
                await asyncio.to_thread(self._unring, left)

    async def _patiently(self, ids: Sequence[UUID]) -> None:
        for nth in range(_TRIES):
            await asyncio.sleep(self._first_wait_s * 2**nth)
            try:
                await asyncio.to_thread(self._unring, ids)
            except SQLAlchemyError:
                continue
            return
