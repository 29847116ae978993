"""Batches over a real record: what a doorbell leads to, and what is left when something breaks."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.events import Doorbell
from shared.protocol import lives, saving, sweeping
from shared.protocol.claiming import Held
from shared.protocol.pauses import Turn
from shared.protocol.saving import Move
from shared.protocol.tempo import Tempo
from shared.queue.pace import Permits
from shared.states import Lane, Status, Step
from shared.working.batches import Batches
from shared.working.life import Life
from shared.working.room import Slots
from shared.working.saver import Saver

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

TEMPO = Tempo(heartbeat=timedelta(seconds=0.05), patience=timedelta(seconds=0.5))


@dataclass
class Switches:
    """What is switched off, as the test says."""

    off: bool = False

    def stops(self, step: Step, turn: Turn) -> bool:
        assert (Step.VERIFY, Lane.NOW) == (step, turn.lane)
        return self.off


class Permitting:
    """Gives what it is told to give, each time it is asked; then all that is wanted."""

    def __init__(self, *gives: Permits) -> None:
        self._gives: Iterator[Permits] = iter(gives)
        self.taken = 0
        self.given_back = 0

    def take(self, turn: Turn, wanted: int) -> Permits:  # noqa: ARG002
        permits = next(self._gives, Permits(wanted, 0))
        given = min(permits.given, wanted)
        self.taken += given
        return Permits(given, permits.wait_s)

    def give_back(self, turn: Turn, unused: int) -> None:  # noqa: ARG002
        self.given_back += unused


class Reviewing:
    """A step that hands everything to a person; breaks on some, and may be held up."""

    def __init__(
        self, *, breaks_on: dict[UUID, Exception] | None = None, takes_s: float = 0.001
    ) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.inside: set[UUID] = set()
        self.most = 0
        self.company: dict[UUID, int] = {}
        self._breaks_on = breaks_on or {}
        self._takes_s = takes_s

    async def __call__(self, held: Held) -> Move:
        self.inside.add(held.id)
        begun_with = len(self.inside)
        try:
            await asyncio.sleep(self._takes_s)
            await self.open.wait()
            self.company[held.id] = max(begun_with, len(self.inside))
            if held.id in self._breaks_on:
                raise self._breaks_on[held.id]
        finally:
            self.inside.discard(held.id)
        return Move(application_id=held.id, claim=held.claim, was=held.status, now=Status.TO_REVIEW)


class Silent:
    """A bell with no room."""

    def room(self, step: Step, lane: Lane) -> int:  # noqa: ARG002
        return 0

    def ring(self, doorbell: Doorbell) -> bool:  # noqa: ARG002
        return False


@dataclass
class Office:
    """One process at work on the record."""

    record: "Record"
    work: Reviewing = field(default_factory=Reviewing)
    pace: Permitting = field(default_factory=Permitting)
    switches: Switches = field(default_factory=Switches)
    slots: Slots = field(default_factory=lambda: Slots(64))

    def __post_init__(self) -> None:
        engine = self.record.engine
        self.life = Life(engine, service="test", tempo=TEMPO)
        record = partial(saving.save, engine, actor="service:test")
        self.saver = Saver(record, Silent(), self.slots)
        self.batches = Batches(
            step=Step.VERIFY,
            engine=engine,
            pace=self.pace,
            work=self.work,
            slots=self.slots,
            saver=self.saver,
            life=self.life,
            tempo=TEMPO,
            switches=self.switches,
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Batches]:
        running = asyncio.create_task(self.saver.run())
        try:
            yield self.batches
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def answer(self, ids: Sequence[UUID]) -> None:
        async with self.at_work() as batches:
            await batches.answer(self.bell(ids))

    def bell(self, ids: Sequence[UUID]) -> Doorbell:
        habilitation = self.record.founded.habilitation
        return Doorbell(step=Step.VERIFY, lane=Lane.NOW, habilitation=habilitation, ids=tuple(ids))

    async def drops(self, batches: Batches, ids: Sequence[UUID], *, holding: int) -> None:
        """Answer, and be dropped with so many in hand."""
        answering = asyncio.create_task(batches.answer(self.bell(ids)))
        await self.holds(holding)
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering

    async def holds(self, how_many: int) -> None:
        async with asyncio.timeout(5):
            while len(self.work.inside) < how_many:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.005)


_SLOWLY = """
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END'
"""
_CLAIMING_SLOWLY = """
    CREATE TRIGGER slowly BEFORE UPDATE ON applications FOR EACH ROW
    WHEN (NEW.claim IS NOT NULL) EXECUTE FUNCTION slowly()
"""


def _settled(record: "Record") -> int:
    settled: int = record.one("SELECT count(*) FROM applications WHERE status = 'TO_REVIEW'")
    return settled


async def test_what_a_doorbell_names_is_done_and_saved(record: "Record") -> None:
    """One permit each; nothing is held and nothing in flight afterwards."""
    office, ids = Office(record), record.plant(20)
    await office.answer(ids)

    assert (20, 20, 0) == (_settled(record), office.pace.taken, office.pace.given_back)
    assert ([], 0) == (office.batches.holding(), office.slots.in_flight)


async def test_a_doorbell_heard_twice_is_answered_once(record: "Record") -> None:
    """The second time nothing is due, and no permit is asked for."""
    office, ids = Office(record), record.plant(5)
    await office.answer(ids)
    await office.answer(ids)

    assert 5 == office.pace.taken
    assert 5 == record.one("SELECT count(*) FROM journal")


async def test_without_permits_nothing_is_claimed_and_all_is_unrung(record: "Record") -> None:
    """The scheduler may ring it again at once, for whoever has permits then."""
    office = Office(record, pace=Permitting(Permits(0, 60)))
    ids = record.plant(5)
    record.change(ids, rung_at=text("now()"))
    await office.answer(ids)

    assert ([None] * 5, [None] * 5) == (record.column("rung_at", ids), record.column("claim", ids))
    assert 0 == office.slots.in_flight


async def test_what_is_switched_off_is_not_begun(record: "Record") -> None:
    """No permit is asked for, nothing is claimed, and the scheduler may ring it once it is on."""
    office, ids = Office(record, switches=Switches(off=True)), record.plant(5)
    record.change(ids, rung_at=text("now()"))
    await office.answer(ids)

    assert ([None] * 5, [None] * 5) == (record.column("rung_at", ids), record.column("claim", ids))
    assert (0, 0) == (office.pace.taken, office.slots.in_flight)


async def test_a_switch_stops_those_that_wait_for_permits(record: "Record") -> None:
    """They do not sleep to the end of their patience."""
    office = Office(record, pace=Permitting(*[Permits(0, 0.05)] * 100))
    async with office.at_work() as batches:
        answering = asyncio.create_task(batches.answer(office.bell(record.plant(5))))
        await asyncio.sleep(0.1)
        office.switches.off = True
        await asyncio.wait_for(answering, 0.3)

    assert 0 == _settled(record)


async def test_permits_grow_old(record: "Record") -> None:
    """Who was held up between permit and call calls nobody: it would come on top of the others."""
    office, ids = Office(record), record.plant(5)
    held = record.claim(ids)
    await office.slots.take(5)
    now = asyncio.get_running_loop().time()
    async with asyncio.timeout(5):
        await office.batches._begin(held, now - 2.1)

    assert ({}, 0) == (office.work.company, office.slots.in_flight)
    assert ([None] * 5, [0] * 5) == (record.column("claim", ids), record.column("starts", ids))


async def test_permits_that_come_soon_are_waited_for(record: "Record") -> None:
    """As long as the doorbell's patience lasts."""
    office = Office(record, pace=Permitting(Permits(0, 0.05), Permits(2, 0), Permits(0, 0.05)))
    await office.answer(record.plant(5))

    assert (5, 5) == (_settled(record), office.pace.taken)


@contextmanager
def _looked_at(record: "Record", ids: Sequence[UUID]) -> Iterator[None]:
    """Another is about to change these."""
    query = text("SELECT id FROM applications WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
    with record.engine.begin() as other:
        other.execute(query, {"ids": ids})
        yield


async def test_permits_that_led_to_no_claim_are_given_back(record: "Record") -> None:
    """What another is looking at is passed over; neither permits nor places are lost."""
    office, ids = Office(record), record.plant(10)
    with _looked_at(record, ids[:4]):
        await office.answer(ids)

    assert (6, 4, 0) == (_settled(record), office.pace.given_back, office.slots.in_flight)


async def test_what_nobody_could_claim_is_unrung(record: "Record") -> None:
    """What another was looking at is rung again soon, not when its doorbell is thought lost."""
    office, ids = Office(record), record.plant(10)
    record.change(ids, rung_at=text("now()"))
    with _looked_at(record, ids[:4]):
        await office.answer(ids)

    await _unrung(record, ids[:4])


async def test_a_worker_thought_dead_leaves_its_doorbells_to_others(record: "Record") -> None:
    """It may claim nothing, and what it was rung for does not wait for that."""
    office, ids = Office(record), record.plant(5)
    record.change(ids, rung_at=text("now()"))
    lives.die(record.engine, office.life.worker)
    await office.answer(ids)

    await _unrung(record, ids)


async def test_an_answer_that_is_dropped_is_unrung(record: "Record") -> None:
    """As when a process ends or loses its life: what it had not begun is rung again for others."""
    office, ids = Office(record, slots=Slots(1)), record.plant(5)
    record.change(ids, rung_at=text("now()"))
    office.work.open.clear()
    async with office.at_work() as batches:
        await office.drops(batches, ids, holding=1)
        await batches.give_back()

    assert [None] * 5 == record.column("rung_at", ids)


async def _unrung(record: "Record", ids: Sequence[UUID]) -> None:
    async with asyncio.timeout(5):
        while any(record.column("rung_at", ids)):  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.02)


class Miscounting(Permitting):
    """Breaks when permits are given back: a claim is kept by then."""

    def give_back(self, turn: Turn, unused: int) -> None:  # noqa: ARG002
        raise ZeroDivisionError


async def test_a_claim_that_nobody_knows_of_ends_this_life(record: "Record") -> None:
    """What broke between a claim and its end is free at the next beat, not two minutes later."""
    office, ids = Office(record, pace=Miscounting()), record.plant(10)
    with _looked_at(record, ids[:4]), pytest.raises(ZeroDivisionError):
        await office.answer(ids)
    before = office.life.worker
    await office.life._beat()

    assert before != office.life.worker
    assert 6 == sweeping.free_dead(record.engine, longest_claim=timedelta(minutes=2))


async def test_a_bug_in_one_application_defers_only_it(record: "Record") -> None:
    """The others are saved; it is due later, in nobody's hands, and its start is counted."""
    ids = record.plant(10)
    office = Office(record, work=Reviewing(breaks_on={ids[3]: ZeroDivisionError()}))
    await office.answer(ids)

    assert 9 == _settled(record)
    assert [(1, None, None)] == record.rows(
        "SELECT starts, claim, rung_at FROM applications WHERE status = 'RECEIVED' "
        "AND due_at > now()"
    )
    assert 0 == office.slots.in_flight


async def test_those_begun_before_are_worked_on_alone(record: "Record") -> None:
    """What may kill its process has no company, whatever else the doorbell names."""
    fresh, suspect = record.plant(10), record.plant(3, starts=2)
    office = Office(record, work=Reviewing(takes_s=0.2))
    async with office.at_work() as batches:
        await asyncio.gather(
            *(batches.answer(office.bell(ids)) for ids in (fresh[:5], suspect, fresh[5:]))
        )

    assert 13 == _settled(record)
    assert [1, 1, 1] == [office.work.company[id_] for id_ in suspect]
    assert max(office.work.company[id_] for id_ in fresh) > 1


async def test_a_process_that_stops_claims_nothing_more(record: "Record") -> None:
    """What its doorbells still name is unrung, for others."""
    office, ids = Office(record), record.plant(5)
    record.change(ids, rung_at=text("now()"))
    office.batches.stop()
    await office.answer(ids)

    assert ([None] * 5, 0) == (record.column("rung_at", ids), _settled(record))


async def test_what_a_stop_leaves_no_time_for_is_given_back(record: "Record") -> None:
    """It counts as no start, and others may take it at once."""
    office, ids = Office(record), record.plant(5)
    office.work.open.clear()
    async with office.at_work() as batches:
        await office.drops(batches, ids, holding=5)
        given_back = await batches.give_back()

    assert (5, [None] * 5, [0] * 5) == (
        given_back,
        record.column("claim", ids),
        record.column("starts", ids),
    )
    assert 5 == len(record.claim(ids))


async def test_a_stop_reaches_those_that_wait_for_a_place(record: "Record") -> None:
    """They claim nothing once a place is free."""
    office, ids = Office(record, slots=Slots(2)), record.plant(5)
    office.work.open.clear()
    async with office.at_work() as batches:
        first = asyncio.create_task(batches.answer(office.bell(ids[:2])))
        await office.holds(2)
        second = asyncio.create_task(batches.answer(office.bell(ids[2:])))
        await asyncio.sleep(0.1)
        batches.stop()
        office.work.open.set()
        await asyncio.gather(first, second)

    assert (2, 2, 0) == (_settled(record), office.pace.taken, office.slots.in_flight)


async def test_a_stop_reaches_those_that_wait_for_permits(record: "Record") -> None:
    """They do not sleep to the end of their patience."""
    office = Office(record, pace=Permitting(Permits(0, 0.4), Permits(0, 60)))
    began = asyncio.get_running_loop().time()
    async with office.at_work() as batches:
        answering = asyncio.create_task(batches.answer(office.bell(record.plant(5))))
        await asyncio.sleep(0.1)
        batches.stop()
        await answering

    assert asyncio.get_running_loop().time() - began < 0.35
    assert 0 == _settled(record)


async def test_a_claim_under_way_is_given_back_too(record: "Record") -> None:
    """Who is dropped while the record still writes the claim leaves nothing held."""
    office, ids = Office(record), record.plant(5)
    with record.owner.begin() as connection:
        connection.execute(text(_SLOWLY))
        connection.execute(text(_CLAIMING_SLOWLY))
    answering = asyncio.create_task(office.batches.answer(office.bell(ids)))
    async with asyncio.timeout(5):
        while not office.pace.taken:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
    answering.cancel()
    with suppress(asyncio.CancelledError):
        await answering

    assert 5 == await office.batches.give_back()
    assert ([None] * 5, [0] * 5) == (record.column("claim", ids), record.column("starts", ids))


async def test_what_is_dropped_leaves_its_places(record: "Record") -> None:
    """Even when it is dropped before it has begun."""
    office, ids = Office(record), record.plant(5)
    held = record.claim(ids)
    await office.slots.take(5)
    working = asyncio.create_task(office.batches._work_on(held))
    await asyncio.sleep(0)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    await asyncio.sleep(0)

    assert ({}, 0) == (office.work.company, office.slots.in_flight)


async def test_a_database_that_breaks_midway_ends_the_life_and_frees_the_rest(
    record: "Record",
) -> None:
    """What is held cannot be accounted for: the worker is born again, and others take over."""
    ids = record.plant(5)
    trouble = OperationalError("", {}, Exception())
    office = Office(record, work=Reviewing(breaks_on={ids[0]: trouble}))
    before = office.life.worker
    await office.answer(ids)
    living = asyncio.create_task(office.life.run())
    async with asyncio.timeout(5):
        while office.life.worker == before:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)
    living.cancel()

    assert 4 == _settled(record)
    assert 1 == sweeping.free_dead(record.engine, longest_claim=timedelta(minutes=2))
    assert ([None], [1]) == (record.column("claim", ids[:1]), record.column("starts", ids[:1]))
