"""The processes: workers and notifiers of the product, whose every edge is a gate."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from services.notifier.sending import Sender
from services.notifier.work import Notifier
from shared.events import Doorbell
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.protocol.honest_bell import Rings
from shared.protocol.saving import Move
from shared.protocol.tempo import Tempo
from shared.sealing import KeyRing
from shared.states import Step
from shared.webhooks.event import Event
from shared.webhooks.outcomes import Delivered, Outcome
from shared.working.batches import Batches, IsSwitchedOff, Work
from shared.working.life import Life
from shared.working.pacing import GivesPermits
from shared.working.room import Slots
from shared.working.saver import Saver
from tests.integration.machine.clock import Clock, aged
from tests.integration.machine.gates import Gates, Loop, Stage

SLOW = Tempo(
    life=timedelta(minutes=10),
    ring_again=timedelta(minutes=20),
    longest_claim=timedelta(hours=2),
    sweep=timedelta(0),
    overdue=timedelta(0),
)
"""No real second ends anything, however busy the computer: only those of the clock do."""

_CLAIMS = text("SELECT id, claim FROM applications WHERE id = ANY(:ids)")
_NUL = "nul\x00"  # no text of PostgreSQL holds it


@dataclass(frozen=True)
class Ground:
    """What every process stands on; `broken` gathers what no process may do."""

    engine: Engine
    ring: KeyRing
    loop: Loop
    clock: Clock
    bell: Rings
    pace: GivesPermits
    switches: IsSwitchedOff
    works: dict[Step, Work]
    tempo: Tempo
    received: list["Came"] = field(default_factory=list)
    begun: Counter[str] = field(default_factory=Counter)  # how often, by reference
    broken: list[str] = field(default_factory=list)


class Process:
    """One life, which may stand still (`frozen`), end, or be thought dead."""

    def __init__(self, ground: Ground, service: str) -> None:
        self.ground = ground
        self.gates = Gates()
        self.frozen = False
        self.life = Life(ground.engine, service=service, tempo=ground.tempo)
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.ground.loop.begin(self._kept(work))
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _kept(self, work: Coroutine[Any, Any, None]) -> None:
        """What goes wrong in it is told, and not only logged."""
        try:
            await work
        except Exception as error:
            self.ground.broken.append(repr(error))
            raise

    def beat(self) -> None:
        """One heartbeat; who was thought dead drops all and is born again."""
        self.ground.loop.run(self.life._beat())

    def die(self) -> None:
        """As after `kill -9`: nothing is said to anybody."""
        for task in tuple(self._tasks):
            task.cancel()
        self.ground.loop.settle()


class Worker(Process):
    """Verifies and prices: the batches, the saver and the life of worker processes."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "worker")
        self.spoilt: set[str] = set()  # whose save the record will refuse
        self.outages = 0  # saves that find no record
        slots = Slots(8)
        saver = Saver(self._record, ground.bell, slots, linger_s=0, first_pause_s=0)
        self._batches = {step: self._made(step, slots, saver) for step in Step}
        self._answers: set[asyncio.Task[None]] = set()
        self.life.on_death(self._drop)
        self.begin(saver.run())

    def _made(self, step: Step, slots: Slots, saver: Saver) -> Batches:
        ground = self.ground
        return Batches(
            step=step,
            engine=ground.engine,
            pace=ground.pace,
            work=_Gated(ground.works[step], self),
            slots=slots,
            saver=saver,
            life=self.life,
            tempo=ground.tempo,
            switches=ground.switches,
        )

    def hear(self, message: dict[str, Any]) -> None:
        """Answer a message as it came."""
        bell = Doorbell.model_validate(message)
        self.begin(self._answer(bell))

    async def _answer(self, bell: Doorbell) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answers.add(task)
        try:
            await self._batches[bell.step].answer(bell)
        finally:
            self._answers.discard(task)

    def _drop(self) -> None:
        for task in tuple(self._answers):
            task.cancel()

    def _record(self, moves: Sequence[Move]) -> set[UUID]:
        """Save; nobody but the holder of a claim may."""
        if self.outages:
            self.outages -= 1
            raise OperationalError("save", {}, Exception("out of reach"))
        ids = [move.application_id for move in moves]
        with self.ground.engine.connect() as connection:
            claims = {row.id: row.claim for row in connection.execute(_CLAIMS, {"ids": ids})}
        saved = saving.save(self.ground.engine, moves, actor="service:worker")
        for move in moves:
            if move.application_id in saved and claims[move.application_id] != move.claim:
                self.ground.broken.append(f"saved by who does not hold it: {move.was} {move.now}")
        return saved


class _Gated:
    """A step with a gate on each side; what was read or computed ages before a closed gate."""

    def __init__(self, work: Work, worker: Worker) -> None:
        self._work = work
        self._worker = worker

    async def __call__(self, held: Held) -> Move:
        worker, clock = self._worker, self._worker.ground.clock
        worker.ground.begun[held.reference] += 1
        claimed = clock.passed
        await worker.gates.stop(Stage.ASK, held.reference)
        move = await self._asked(aged(held, clock.passed - claimed))
        asked = clock.passed
        await worker.gates.stop(Stage.SAVE, held.reference)
        if held.reference in worker.spoilt:
            worker.spoilt.discard(held.reference)
            move = replace(move, trace=_NUL)
        return aged(move, clock.passed - asked)

    async def _asked(self, held: Held) -> Move:
        try:
            return await self._work(held)
        except Exception as error:
            self._worker.ground.broken.append(f"the step broke: {error!r}")
            raise


@dataclass(frozen=True)
class Came:
    """One event that a portal's receiver has taken."""

    event: UUID
    reference: str
    sequence: int


class _Way(Sender):
    """A way to the receiver with a gate before the network and one after it."""

    def __init__(self, gates: Gates, received: list[Came]) -> None:
        self._gates = gates
        self._received = received

    async def send(
        self,
        event: Event,
        url: str,  # noqa: ARG002
        keys: Sequence[str],  # noqa: ARG002
        *,
        trace: str | None = None,  # noqa: ARG002
    ) -> Outcome:
        reference = str(event.reference)
        outcome: Outcome = await self._gates.stop(Stage.SEND, reference)
        if isinstance(outcome, Delivered):
            self._received.append(Came(event.id, reference, event.sequence))
        await self._gates.stop(Stage.SETTLE, reference)
        return outcome


class Messenger(Process):
    """The notifier, one look at a time."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "notifier")
        way = _Way(self.gates, ground.received)
        self._notifier = Notifier(ground.engine, ground.ring, way, self.life, chance=Random(7))

    def look(self) -> None:
        """Free what the dead held, claim, and begin to send."""
        self._notifier._free_at = 0.0
        self.ground.loop.run(self._notifier._look())

    def die(self) -> None:
        self._notifier._drop()
        super().die()
