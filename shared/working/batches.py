"""Batches: how a process answers a doorbell.

Look, wait for room and permits, claim that many, work on all of them at once, save, and again
until nothing is left. What cannot be done within the doorbell's patience is left to the scheduler.
"""

import asyncio
import contextlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.crash_points import Point
from shared.crashing import reach
from shared.events import Doorbell
from shared.metering.instruments import BROKEN
from shared.protocol import claiming, saving
from shared.protocol.claiming import Held
from shared.protocol.pauses import Turn
from shared.protocol.saving import Move
from shared.protocol.tempo import TIERS, Tempo, Tier
from shared.queue.pace import Permits
from shared.states import Step
from shared.tracing.parents import correlation
from shared.working.following import followed
from shared.working.leftovers import Leftovers
from shared.working.life import Life
from shared.working.pacing import GivesPermits
from shared.working.room import Gate, Lines, Slots
from shared.working.saver import Finished, Saver

_log = structlog.get_logger()
_SHORTEST_WAIT_S = 0.01
_PERMITS_LAST_S = 2.0  # a process that was stopped between permit and call asks again
_NOT_NOW = Permits(0, float("inf"))


class Work(Protocol):
    """One step of one application: I/O outside any transaction, an outcome as a value."""

    async def __call__(self, held: Held) -> Move: ...


class IsSwitchedOff(Protocol):
    """Whether nothing of a turn may be begun now."""

    def stops(self, step: Step, turn: Turn) -> bool: ...


@dataclass(slots=True)
class _Left:
    """What a doorbell still names of one turn and tier, and until when it waits (loop time)."""

    turn: Turn
    tier: Tier
    deadline: float
    ids: list[UUID]


class Batches:
    """Answers doorbells for one step, in one process."""

    def __init__(
        self,
        *,
        step: Step,
        engine: Engine,
        pace: GivesPermits,
        work: Work,
        slots: Slots,
        saver: Saver,
        life: Life,
        tempo: Tempo,
        switches: IsSwitchedOff,
    ) -> None:
        self._step = step
        self._engine = engine
        self._pace = pace
        self._work = work
        self._slots = slots
        self._saver = saver
        self._life = life
        self._tempo = tempo
        self._switches = switches
        self._gate = Gate()
        self._lines = Lines()
        self._holding: dict[UUID, Held] = {}
        self._claims: set[asyncio.Future[list[Held]]] = set()
        self._unring = partial(claiming.unring, engine, step)
        self._leftovers = Leftovers(self._unring)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Claim nothing more; what is in flight is finished and saved."""
        self._stopping.set()

    def holding(self) -> list[Held]:
        """What is held and not yet saved."""
        return list(self._holding.values())

    async def give_back(self) -> int:
        """Let go of all that this life holds, what it is just claiming too; returns how many.

        Called once every answer was dropped: nothing is claimed afterwards.
        """
        await asyncio.gather(*self._claims, return_exceptions=True)
        given_back = await asyncio.to_thread(claiming.give_back, self._engine, self._life.worker)
        await self._leftovers.at_once()
        return given_back

    async def answer(self, bell: Doorbell) -> None:
        """Work on what this doorbell names, as far as it is due and free."""
        deadline = asyncio.get_running_loop().time() + self._tempo.patience.total_seconds()
        with self._leftovers.unless_answered(bell.ids):
            seen = await asyncio.to_thread(claiming.look, self._engine, self._step, bell.ids)
            for tier, turn in product(TIERS, dict.fromkeys(one.turn for one in seen)):
                ids = [one.id for one in seen if one.turn == turn and tier.holds(one.starts)]
                await self._answer_turn(_Left(turn, tier, deadline, ids))

    async def _answer_turn(self, left: _Left) -> None:
        while left.ids:
            async with self._gate.enter(alone=left.tier.alone):
                most = await self._permits(left)
                if most == 0:
                    await asyncio.to_thread(self._unring, left.ids)
                    return
                began = asyncio.get_running_loop().time()
                with self._accounting():
                    held = await self._claim(left, most)
                    await self._begin(held, began)
            taken = {h.id for h in held}
            left.ids = [id_ for id_ in left.ids if id_ not in taken]
            if len(held) < most:  # others took them, or nobody could just now
                self._leftovers.leave(left.ids)
                return

    @contextlib.contextmanager
    def _accounting(self) -> Iterator[None]:
        """Whoever breaks between a claim and its end may hold what nobody knows: its life ends."""
        try:
            yield
        except Exception:
            self._life.lose()
            raise

    async def _permits(self, left: _Left) -> int:
        """Wait for places and permits; 0 when patience is at an end. Places are taken with them.

        One of this process asks at a time for each turn: the others would only ask in vain.
        """
        async with self._lines.stand(left.turn):
            while not self._stopping.is_set():
                permits = await self._take_permits(left)
                if permits.given:
                    return permits.given
                now = asyncio.get_running_loop().time()
                if now + permits.wait_s > left.deadline or self._gate.wanted_alone:
                    return 0
                await self._pause(max(permits.wait_s, _SHORTEST_WAIT_S))
        return 0

    async def _pause(self, seconds: float) -> None:
        """Wait; a stop cuts it short."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _take_permits(self, left: _Left) -> Permits:
        """As many permits as there are places; the places of those refused are left at once."""
        places = await self._slots.take(min(len(left.ids), left.tier.size), left.turn.lane)
        given = 0
        try:
            if self._stopping.is_set():  # it was told to stop while it waited for a place
                return Permits(0, 0)
            permits = await asyncio.to_thread(self._given, left.turn, places)
            given = permits.given
        finally:
            self._slots.leave(places - given)
        return permits

    def _given(self, turn: Turn, wanted: int) -> Permits:
        if self._switches.stops(self._step, turn):
            return _NOT_NOW
        return self._pace.take(turn, wanted)

    async def _claim(self, left: _Left, most: int) -> list[Held]:
        held: list[Held] = []
        try:
            held = await self._claimed(left.ids, tier=left.tier, most=most)
        finally:
            if len(held) < most:
                self._slots.leave(most - len(held))
                await asyncio.to_thread(self._pace.give_back, left.turn, most - len(held))
        return held

    async def _begin(self, held: Sequence[Held], since: float) -> None:
        """Work, unless the permits are of so long ago that their calls would come on top."""
        if held and asyncio.get_running_loop().time() - since > _PERMITS_LAST_S:
            self._slots.leave(len(held))
            ids = [one.id for one in held]
            await asyncio.to_thread(claiming.let_go, self._engine, held[0].claim, ids)
        else:
            await self._work_on(held)

    async def _claimed(self, ids: Sequence[UUID], *, tier: Tier, most: int) -> list[Held]:
        """Claim; who is dropped meanwhile leaves the claim to end, for `give_back`."""
        by, take = self._life.worker, claiming.claim
        asked = asyncio.to_thread(take, self._engine, by, self._step, ids, tier=tier, most=most)
        claim = asyncio.ensure_future(asked)
        self._claims.add(claim)
        claim.add_done_callback(self._claims.discard)
        return await asyncio.shield(claim)

    async def _work_on(self, held: Sequence[Held]) -> None:
        tasks = [asyncio.create_task(self._finish(one)) for one in held]
        for task in tasks:  # a task that is dropped before it begins leaves its place all the same
            task.add_done_callback(lambda _: self._slots.leave(1))
        await asyncio.gather(*tasks)

    async def _finish(self, held: Held) -> None:
        self._holding[held.id] = held
        structlog.contextvars.bind_contextvars(correlation=correlation(held.trace))
        try:
            with followed(self._step, held) as following:
                move = await self._work(held)
                reach(Point.WORKED)
                following.ends(move, saved=await self._saver.save(Finished(held, move)))
        except SQLAlchemyError:
            self._life.lose()
        except Exception:  # noqa: BLE001 - a bug in one application must not harm the others
            _log.exception("work.broke", application=held.reference, step=self._step)
            BROKEN.labels(self._step).inc()
            await self._defer(held)
        finally:
            self._holding.pop(held.id, None)

    async def _defer(self, held: Held) -> None:
        """Let go of work that broke: later, and its start stays counted towards quarantine."""
        later = datetime.now(UTC) + timedelta(seconds=random.uniform(0.5, 2.0))
        with contextlib.suppress(SQLAlchemyError), self._accounting():
            await asyncio.to_thread(saving.defer, self._engine, held.claim, [held.id], due_at=later)
