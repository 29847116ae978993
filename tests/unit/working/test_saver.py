"""The saver: groups that never wait for the slowest, doorbells for what was saved, and trouble."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import OperationalError

from shared.events import Doorbell
from shared.protocol.claiming import Held
from shared.protocol.saving import Move
from shared.sealing import WrappedKey
from shared.states import Lane, Status, Step
from shared.working.room import Slots
from shared.working.saver import Finished, Saver

HABILITATION = UUID(int=1)
TROUBLE = OperationalError("", {}, Exception("the server closed the connection"))


class Record:
    """Keeps the groups that were saved; breaks as often as it is told; disowns some."""

    def __init__(self, *, breaks: int = 0) -> None:
        self.groups: list[list[Move]] = []
        self.tries = 0
        self.tried = threading.Event()
        self.not_ours: set[UUID] = set()
        self._breaks = breaks

    def __call__(self, moves: Sequence[Move]) -> set[UUID]:
        self.tries += 1
        self.tried.set()
        if self.tries <= self._breaks:
            raise TROUBLE
        self.groups.append(list(moves))
        return {move.application_id for move in moves} - self.not_ours


class Bell:
    """Keeps what was rung; has room for so many doorbells in each queue."""

    def __init__(self, room: int = 100) -> None:
        self.rung: list[Doorbell] = []
        self._room = room

    def room(self, step: Step, lane: Lane) -> int:
        return self._room - sum((bell.step, bell.lane) == (step, lane) for bell in self.rung)

    def ring(self, doorbell: Doorbell) -> bool:
        self.rung.append(doorbell)
        return True


def _finished(now: Status = Status.TO_REVIEW, *, lane: Lane = Lane.NOW) -> Finished:
    id_, claim = uuid4(), uuid4()
    held = Held(
        id=id_,
        claim=claim,
        reference="",
        authority_id=UUID(int=2),
        scheme_id=UUID(int=3),
        habilitation_id=HABILITATION,
        lane=lane,
        status=Status.RECEIVED,
        attempts=0,
        received_at=datetime.now(UTC),
        last_date=None,
        trace=None,
        sealed=b"",
        key=WrappedKey("k", b""),
        evidence=None,
    )
    return Finished(held, Move(application_id=id_, claim=claim, was=Status.RECEIVED, now=now))


@asynccontextmanager
async def _running(
    record: Record, bell: Bell | None = None, *, in_flight: int, linger_s: float = 0.02
) -> AsyncIterator[Saver]:
    slots = Slots(1_000)
    await slots.take(in_flight)
    saver = Saver(record, bell or Bell(), slots, linger_s=linger_s, first_pause_s=0.001)
    running = asyncio.create_task(saver.run())
    async with asyncio.timeout(10):
        yield saver
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_group_leaves_at_once_when_nothing_else_is_in_flight() -> None:
    """The last ones are not made to wait for company that cannot come."""
    record = Record()
    async with _running(record, in_flight=2, linger_s=60) as saver:
        await asyncio.gather(saver.save(_finished()), saver.save(_finished()))

    assert [2] == [len(group) for group in record.groups]


async def test_a_group_lingers_while_more_is_in_flight() -> None:
    """What is finished in that time is saved together, and nobody waits for longer."""
    record = Record()
    async with _running(record, in_flight=10, linger_s=0.2) as saver:
        begun = monotonic()
        first = asyncio.create_task(saver.save(_finished()))
        await asyncio.sleep(0.02)
        await asyncio.gather(first, saver.save(_finished()))

    assert [2] == [len(group) for group in record.groups]
    assert monotonic() - begun > 0.15


async def test_a_group_is_never_larger_than_a_doorbell() -> None:
    """A hundred finished at once are two groups."""
    record = Record()
    async with _running(record, in_flight=100) as saver:
        assert [True] * 100 == await asyncio.gather(*(saver.save(_finished()) for _ in range(100)))

    assert [64, 36] == [len(group) for group in record.groups]


async def test_what_is_due_next_is_rung_together() -> None:
    """One doorbell for each step, lane and habilitation, and none for what waits for a person."""
    bell = Bell()
    verified = [_finished(Status.VERIFIED) for _ in range(3)]
    bulk = _finished(Status.VERIFIED, lane=Lane.BULK)
    record = Record()
    async with _running(record, bell, in_flight=5) as saver:
        await asyncio.gather(*(saver.save(one) for one in [*verified, bulk, _finished()]))

    assert {
        (Step.PRICE, Lane.NOW, frozenset(one.held.id for one in verified)),
        (Step.PRICE, Lane.BULK, frozenset([bulk.held.id])),
    } == {(one.step, one.lane, frozenset(one.ids)) for one in bell.rung}
    assert [True, True, True, True, False] == [move.rung for move in record.groups[0]]


async def test_a_later_try_is_not_rung() -> None:
    """What stays in its state is due later: the scheduler rings it then."""
    bell = Bell()
    async with _running(Record(), bell, in_flight=1) as saver:
        await saver.save(_finished(Status.RECEIVED))

    assert [] == bell.rung


async def test_only_what_was_saved_is_rung() -> None:
    """What was no longer ours is told to its batch, and no doorbell is out for it."""
    record, bell = Record(), Bell()
    ours, theirs = _finished(Status.VERIFIED), _finished(Status.VERIFIED)
    record.not_ours = {theirs.held.id}
    async with _running(record, bell, in_flight=2) as saver:
        told = await asyncio.gather(saver.save(ours), saver.save(theirs))

    assert (True, False) == tuple(told)
    assert [(ours.held.id,)] == [one.ids for one in bell.rung]


async def test_nothing_is_rung_without_room() -> None:
    """Nor is it marked as rung: the scheduler rings it when there is room."""
    record, bell = Record(), Bell(room=0)
    async with _running(record, bell, in_flight=1) as saver:
        assert await saver.save(_finished(Status.VERIFIED))

    assert [] == bell.rung
    assert [False] == [move.rung for move in record.groups[0]]


async def test_one_room_is_given_once() -> None:
    """Two habilitations that want the last room of a queue are not both rung."""
    record, bell = Record(), Bell(room=1)
    first, second = _finished(Status.VERIFIED), _finished(Status.VERIFIED)
    other = Finished(_of_habilitation(second.held, UUID(int=9)), second.move)
    async with _running(record, bell, in_flight=2) as saver:
        await asyncio.gather(saver.save(first), saver.save(other))

    assert [(first.held.id,)] == [one.ids for one in bell.rung]
    assert [True, False] == [move.rung for move in record.groups[0]]


async def test_a_database_in_trouble_is_tried_again() -> None:
    """A restart of PostgreSQL costs a second, not the work of a batch."""
    record = Record(breaks=5)
    async with _running(record, in_flight=1) as saver:
        assert await saver.save(_finished())

    assert 6 == record.tries


async def test_a_database_that_stays_out_of_reach_fails_the_batch() -> None:
    """Every caller of the group is told, and the saver goes on with the next."""
    record = Record(breaks=6)
    async with _running(record, in_flight=2) as saver:
        both = [saver.save(_finished()), saver.save(_finished())]
        told = await asyncio.gather(*both, return_exceptions=True)
        assert await saver.save(_finished())

    assert [TROUBLE, TROUBLE] == told
    assert 7 == record.tries


async def test_a_batch_that_was_dropped_harms_nobody() -> None:
    """What was cancelled while it waited is not saved; those beside it are."""
    record = Record()
    dropped, kept = _finished(Status.VERIFIED), _finished(Status.VERIFIED)
    async with _running(record, in_flight=10) as saver:
        cancelled = asyncio.create_task(saver.save(dropped))
        await asyncio.sleep(0)
        cancelled.cancel()
        assert await saver.save(kept)
        alone = asyncio.create_task(saver.save(_finished()))
        await asyncio.sleep(0)
        alone.cancel()
        assert await saver.save(_finished())

    assert [kept.held.id] == [move.application_id for move in record.groups[0]]


async def test_a_batch_that_is_dropped_during_its_save_harms_nobody() -> None:
    """Its answer finds nobody, and the next group is saved all the same."""
    record = Record(breaks=3)
    async with _running(record, in_flight=1) as saver:
        cancelled = asyncio.create_task(saver.save(_finished()))
        assert await asyncio.to_thread(record.tried.wait, 5)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert await saver.save(_finished())


def _of_habilitation(held: Held, habilitation: UUID) -> Held:
    fields = {name: getattr(held, name) for name in Held.__dataclass_fields__}
    return Held(**{**fields, "habilitation_id": habilitation})
