"""The saver: puts what is finished into groups, saves them, and rings for what comes next.

A group never waits for the slowest: it leaves after 20 ms, when it is full, or at once when
nothing else is in flight.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.crash_points import Point
from shared.crashing import reach
from shared.events import LARGEST_DOORBELL, Doorbell
from shared.metering.instruments import GROUPS, SAVES, SAVES_FAILED
from shared.protocol.claiming import Held
from shared.protocol.honest_bell import Rings
from shared.protocol.saving import Move
from shared.states import STEP_OF, Lane, Step
from shared.tracing.spans import span
from shared.working.room import Slots

_log = structlog.get_logger()
_TRIES = 6


@dataclass(frozen=True, slots=True, repr=False)
class Finished:
    """An application, and what its step came to."""

    held: Held
    move: Move


class Saver:
    """Saves for all batches of one process.

    Args:
        record: saves moves as one group and returns what was still ours (`protocol.saving.save`).
        bell: rings for what comes next.
        slots: tells how much is in flight.
        linger_s: seconds that a group waits for company while more is in flight.
        first_pause_s: seconds before the second try at a database in trouble; then doubled.
    """

    def __init__(
        self,
        record: Callable[[Sequence[Move]], set[UUID]],
        bell: Rings,
        slots: Slots,
        *,
        linger_s: float = 0.02,
        first_pause_s: float = 0.25,
    ) -> None:
        self._record = record
        self._bell = bell
        self._slots = slots
        self._linger_s = linger_s
        self._first_pause_s = first_pause_s
        self._waiting: list[tuple[Finished, asyncio.Future[bool]]] = []
        self._arrived = asyncio.Event()

    async def save(self, finished: Finished) -> bool:
        """Save one application with whatever else is finished.

        Returns:
            False when it was no longer ours: nothing of it was saved.

        Raises:
            sqlalchemy.exc.DBAPIError: when the database stays out of reach.
        """
        saved: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((finished, saved))
        self._arrived.set()
        return await saved

    async def run(self) -> None:
        """Save groups until cancelled."""
        while True:
            await self._arrived.wait()
            if len(self._waiting) < min(self._slots.in_flight, LARGEST_DOORBELL):
                await asyncio.sleep(self._linger_s)
            group = self._waiting[:LARGEST_DOORBELL]
            del self._waiting[: len(group)]
            if not self._waiting:
                self._arrived.clear()
            await self._save_group(group)

    async def _save_group(self, group: Sequence[tuple[Finished, asyncio.Future[bool]]]) -> None:
        finished = [f for f, future in group if not future.cancelled()]
        try:
            saved = await self._patiently(finished)
        except (DBAPIError, PoolTimeoutError) as broken:
            self._fail(group, broken)
            return
        for one, future in group:
            if not future.done():
                future.set_result(one.held.id in saved)

    def _fail(
        self, group: Sequence[tuple[Finished, asyncio.Future[bool]]], broken: Exception
    ) -> None:
        SAVES_FAILED.labels("gave_up").inc()
        _log.error("saver.gave_up", applications=len(group), error=type(broken).__name__)
        for _, future in group:
            if not future.done():
                future.set_exception(broken)

    async def _patiently(self, finished: Sequence[Finished]) -> set[UUID]:
        """Save; when the database is out of reach, try again a few times."""
        for attempt in range(_TRIES - 1):
            try:
                return await asyncio.to_thread(self._save_and_ring, finished)
            except (DBAPIError, PoolTimeoutError) as broken:
                SAVES_FAILED.labels("tries_again").inc()
                _log.warning("saver.tries_again", error=type(broken).__name__)
                await asyncio.sleep(self._first_pause_s * 2**attempt * random.uniform(0.5, 1.5))
        return await asyncio.to_thread(self._save_and_ring, finished)

    def _save_and_ring(self, finished: Sequence[Finished]) -> set[UUID]:
        """Save and ring; a group is of many traces, and linked to each."""
        links = [one.held.trace for one in finished]
        with SAVES.time(), span("save", links=links, applications=len(finished)):
            GROUPS.observe(len(finished))
            return self._saved_and_rung(finished)

    def _saved_and_rung(self, finished: Sequence[Finished]) -> set[UUID]:
        groups = self._next_doorbells(finished)
        rung = {id_ for bell in groups for id_ in bell.ids}
        moves = [replace(f.move, rung=f.held.id in rung) for f in finished]
        reach(Point.GATHERED)
        saved = self._record(moves)
        for bell in groups:
            self._ring(bell, saved)
        return saved

    def _ring(self, bell: Doorbell, saved: set[UUID]) -> None:
        ids = tuple(id_ for id_ in bell.ids if id_ in saved)
        if ids:
            self._bell.ring(bell.model_copy(update={"ids": ids}))
            reach(Point.SAVED_RUNG)

    def _next_doorbells(self, finished: Sequence[Finished]) -> list[Doorbell]:
        """The doorbells for what is due next, as far as Redis has room; the rest is swept up."""
        due: defaultdict[tuple[Step, Lane, UUID], list[UUID]] = defaultdict(list)
        for one in finished:
            step = STEP_OF.get(one.move.now)
            if step is not None and one.move.now is not one.move.was:
                due[step, one.held.lane, one.held.habilitation_id].append(one.held.id)
        bells = [
            Doorbell(step=step, lane=lane, habilitation=habilitation, ids=tuple(ids))
            for (step, lane, habilitation), ids in due.items()
        ]
        room = {(b.step, b.lane): self._bell.room(b.step, b.lane) for b in bells}
        kept = []
        for bell in bells:
            if room[bell.step, bell.lane] > 0:
                room[bell.step, bell.lane] -= 1
                kept.append(bell)
        return kept
