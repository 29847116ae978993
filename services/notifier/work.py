"""The work: claim what is due, send it, write what came of it; so many at once, fairly by portal.

It looks at the record a few times a second instead of being rung: one short query when nothing is
due. Several notifiers may run; what a dead one held is sent again, under the same `webhook-id`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notifier.sending import Sender
from shared.crash_points import Point
from shared.crashing import reach
from shared.errors import SealingError
from shared.metering.instruments import DEAD, TRIES
from shared.protocol.delivering import holding, settling
from shared.protocol.delivering.holding import Held
from shared.protocol.delivering.settling import Settled
from shared.sealing import KeyRing
from shared.tracing.parents import correlation
from shared.tracing.spans import span
from shared.webhooks.outcomes import Failed, Failure, Outcome
from shared.working.life import Life

MOST_AT_ONCE = 32  # in flight, of one process
MOST_OF_A_PORTAL = 8  # so that one that hangs leaves room for the others
LOOK_S = 0.5
FREE_S = 2.0
SAVE_WAITS_S = (0.1, 0.2, 0.5, 1.0, 2.0)  # after each save that the record refused
LONGEST_CLAIM = timedelta(seconds=60)  # four times the longest try

_log = structlog.get_logger()


class Notifier:
    """Delivers until told to stop.

    Args:
        engine: the record.
        ring: opens the secrets of portals.
        sender: sends.
        life: this process among the workers.
        chance: for the jitter.
    """

    def __init__(
        self, engine: Engine, ring: KeyRing, sender: Sender, life: Life, *, chance: Random
    ) -> None:
        self._engine = engine
        self._ring = ring
        self._sender = sender
        self._life = life
        self._chance = chance
        self._tasks: dict[asyncio.Task[None], UUID] = {}
        self._free_at = 0.0
        life.on_death(self._drop)

    async def run(self, stop: asyncio.Event, *, stop_within_s: float) -> None:
        """Work until `stop` is set; then finish what is in flight, and give back the rest."""
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            more = await self._look()
            waiting = {stopped, *self._tasks} if more else {stopped}
            await asyncio.wait(waiting, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        await self._finish(stop_within_s)

    async def _look(self) -> bool:
        """Free, claim, send; whether something was begun, so that more may be due."""
        try:
            if time.monotonic() >= self._free_at:
                self._free_at = time.monotonic() + FREE_S
                await asyncio.to_thread(
                    holding.free_dead, self._engine, longest_claim=LONGEST_CLAIM
                )
            return await self._begin()
        except SQLAlchemyError as broken:
            _log.warning("notifier.look_missed", error=type(broken).__name__)
            return False

    async def _begin(self) -> bool:
        begun = False
        portals = await asyncio.to_thread(holding.portals_due, self._engine)
        self._chance.shuffle(portals)
        for portal in portals:
            if room := self._room(portal):
                held = await self._claim(portal, room)
                self._start(held)
                begun = begun or bool(held)
        return begun

    async def _claim(self, portal: UUID, room: int) -> list[Held]:
        try:
            return await asyncio.to_thread(
                holding.claim, self._engine, self._life.worker, portal, most=room
            )
        except SQLAlchemyError:
            self._life.lose()  # it may be kept all the same, and nobody here knows of what
            raise

    def _room(self, portal: UUID) -> int:
        of_this = Counter(self._tasks.values())[portal]
        return max(0, min(MOST_OF_A_PORTAL - of_this, MOST_AT_ONCE - len(self._tasks)))

    def _start(self, held: Sequence[Held]) -> None:
        for one in held:
            task = asyncio.create_task(self._deliver(one))
            self._tasks[task] = one.portal_id
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """One that broke may hold what it did not save: this life ends, and others free it."""
        self._tasks.pop(task)
        broken = None if task.cancelled() else task.exception()
        if broken is not None:
            _log.error("notifier.broken", error=type(broken).__name__)
            self._life.lose()

    async def _deliver(self, held: Held) -> None:
        structlog.contextvars.bind_contextvars(correlation=correlation(held.trace))
        outcome = await self._followed(held)
        for wait in SAVE_WAITS_S:
            try:
                settled = await asyncio.to_thread(
                    settling.settle, self._engine, held, outcome, chance=self._chance
                )
            except SQLAlchemyError as broken:
                _log.warning("notifier.save_missed", error=type(broken).__name__)
                await asyncio.sleep(wait)
            else:
                _tell(held, outcome, settled)
                return
        self._life.lose()  # what it holds is freed with its life, and sent again

    async def _followed(self, held: Held) -> Outcome:
        """Send in a span, whose trace the portal may go on with; the webhook's address is its."""
        began, portal, tries = time.perf_counter(), held.event.portal, held.attempts + 1
        with span("notify", parent=held.trace, portal=portal, attempt=tries) as begun:
            outcome = await self._sent(held, begun.trace or held.trace)
            begun.tell(application=held.event.reference, outcome=outcome.word)
        TRIES.labels(outcome.word).observe(time.perf_counter() - began)
        return outcome

    async def _sent(self, held: Held, trace: str | None) -> Outcome:
        try:
            keys = [self._ring.open_secret(sealed) for sealed in held.sealed_secrets]
            reach(Point.SENDING)
            outcome = await self._sender.send(held.event, held.url, keys, trace=trace)
            reach(Point.SENT)
        except SealingError:
            return Failed(Failure.SECRET_UNREADABLE)
        except Exception as broken:  # noqa: BLE001 - a bug: its tries must have an end all the same
            _log.error("notifier.broken", error=type(broken).__name__)
            return Failed(Failure.NOT_SENT)
        return outcome

    def _drop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    async def _finish(self, stop_within_s: float) -> None:
        _log.info("notifier.stopping", held=len(self._tasks))
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=stop_within_s)
        self._drop()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=stop_within_s)
        try:
            await asyncio.to_thread(holding.give_back, self._engine, self._life.worker)
        except SQLAlchemyError as broken:  # its life ends, and others free them
            _log.warning("notifier.gave_nothing_back", error=type(broken).__name__)


def _tell(held: Held, outcome: Outcome, settled: Settled) -> None:
    """Ids, codes and counts: neither the address nor what was answered."""
    told = _log.bind(portal=held.event.portal, event_id=str(held.event.id), outcome=outcome.word)
    told.info(
        "notifier.tried",
        status=outcome.http_status,
        attempt=held.attempts + 1,
        ours=settled.ours,
    )
    if settled.dead:
        DEAD.inc()
        told.warning("notifier.dead")
