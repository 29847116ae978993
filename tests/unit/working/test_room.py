"""Room in one process: a bound on what is in flight, and a gate for those who must be alone."""

import asyncio
from contextlib import suppress

import pytest

from shared.states import Lane
from shared.working.room import Gate, Lines, Slots


async def _settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_as_many_places_as_there_are_are_taken() -> None:
    """A batch takes what it wants, or what is left when that is less."""
    slots = Slots(10)

    assert [6, 4] == [await slots.take(6), await slots.take(6)]
    assert 10 == slots.in_flight


async def test_a_full_process_makes_a_batch_wait_for_one_place() -> None:
    """It goes on with the first place that is left."""
    slots = Slots(4)
    await slots.take(4)
    waiting = asyncio.create_task(slots.take(3))
    await _settle()
    assert not waiting.done()

    slots.leave(1)

    assert 1 == await asyncio.wait_for(waiting, 5)
    assert 4 == slots.in_flight


async def test_a_bulk_leaves_a_quarter_to_those_behind_a_screen() -> None:
    """Slow answers to thousands cannot keep out the one who waits."""
    slots = Slots(8)
    assert 6 == await slots.take(64, Lane.BULK)
    more = asyncio.create_task(slots.take(1, Lane.BULK))
    await _settle()

    assert 2 == await slots.take(5, Lane.NOW)
    assert not more.done()
    slots.leave(3)
    assert 1 == await asyncio.wait_for(more, 5)


async def test_those_in_line_come_one_by_one() -> None:
    """Each in its line, in the order in which they came; an empty line is forgotten."""
    lines, came = Lines(), dict[str, list[str]](a=[], b=[])

    async def stand(what: str, who: str) -> None:
        async with lines.stand(what):
            came[what].append(who)
            await asyncio.sleep(0.01)
            came[what].append(who)

    await asyncio.gather(stand("a", "1"), stand("a", "2"), stand("b", "3"))

    assert {"a": ["1", "1", "2", "2"], "b": ["3", "3"]} == came
    assert {} == lines._lines


async def test_a_batch_that_gives_up_waiting_takes_nothing() -> None:
    """A cancelled wait leaves the bound as it was."""
    slots = Slots(1)
    await slots.take(1)
    waiting = asyncio.create_task(slots.take(1))
    await _settle()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    slots.leave(1)

    assert 0 == slots.in_flight
    assert 1 == await slots.take(5)


async def test_no_crowd_ever_passes_the_bound() -> None:
    """Two hundred batches that come and go at random sizes never hold more than there is."""
    slots, most = Slots(7), 0

    async def batch(wanted: int) -> None:
        nonlocal most
        taken = await slots.take(wanted)
        most = max(most, slots.in_flight)
        await asyncio.sleep(0)
        slots.leave(taken)

    await asyncio.gather(*(batch(1 + n % 9) for n in range(200)))

    assert (7, 0) == (most, slots.in_flight)


class Visitors:
    """Batches that enter a gate and stay until they are told to go."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.inside: set[str] = set()
        self.came: list[str] = []
        self._go: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def send(self, name: str, *, alone: bool = False) -> None:
        """A visitor, who enters when the gate lets them."""
        self._go[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._visit(name, alone=alone))
        await _settle()

    async def _visit(self, name: str, *, alone: bool) -> None:
        async with self.gate.enter(alone=alone):
            self.inside.add(name)
            self.came.append(name)
            await self._go[name].wait()
            self.inside.discard(name)

    async def leave(self, name: str) -> None:
        """That visitor goes."""
        self._go[name].set()
        await _settle()

    async def give_up(self, name: str) -> None:
        """That visitor, who waits, waits no more."""
        self._tasks[name].cancel()
        await _settle()


async def test_batches_are_inside_together() -> None:
    """Nobody waits as long as nobody must be alone."""
    visitors = Visitors()
    await visitors.send("a")
    await visitors.send("b")

    assert {"a", "b"} == visitors.inside
    assert not visitors.gate.wanted_alone


async def test_one_alone_waits_for_those_inside() -> None:
    """It enters when the last of them has left, and says meanwhile that it waits."""
    visitors = Visitors()
    await visitors.send("a")
    await visitors.send("b")
    await visitors.send("alone", alone=True)
    await visitors.leave("a")
    assert ({"b"}, True) == (visitors.inside, visitors.gate.wanted_alone)

    await visitors.leave("b")

    assert ({"alone"}, False) == (visitors.inside, visitors.gate.wanted_alone)


async def test_newcomers_are_kept_out_while_one_waits_to_be_alone_and_while_it_is() -> None:
    """Else a busy process would never be alone."""
    visitors = Visitors()
    await visitors.send("a")
    await visitors.send("alone", alone=True)
    await visitors.send("newcomer")
    assert {"a"} == visitors.inside

    await visitors.leave("a")
    assert {"alone"} == visitors.inside

    await visitors.leave("alone")
    assert {"newcomer"} == visitors.inside


async def test_two_alone_follow_each_other() -> None:
    """Never both at once."""
    visitors = Visitors()
    await visitors.send("first", alone=True)
    await visitors.send("second", alone=True)
    assert {"first"} == visitors.inside

    await visitors.leave("first")

    assert {"second"} == visitors.inside


async def test_nobody_starves_behind_those_who_must_be_alone() -> None:
    """A newcomer passes after those who came before it, though more of them keep coming."""
    visitors = Visitors()
    await visitors.send("alone 1", alone=True)
    await visitors.send("newcomer")
    await visitors.send("alone 2", alone=True)
    await visitors.leave("alone 1")

    assert {"newcomer"} == visitors.inside


async def test_one_that_comes_back_at_once_lets_others_pass() -> None:
    """A batch that is alone again and again takes its turn like the others."""
    gate, came = Gate(), list[str]()

    async def alone_again_and_again() -> None:
        for _ in range(200):
            async with gate.enter(alone=True):
                came.append("alone")
                await asyncio.sleep(0)

    async def together() -> None:
        async with gate.enter(alone=False):
            came.append("together")

    again = asyncio.create_task(alone_again_and_again())
    await _settle()
    await asyncio.wait_for(together(), 5)
    await again

    assert came.index("together") < 100


@pytest.mark.parametrize("alone", [True, False])
async def test_one_that_gives_up_waiting_holds_nobody_up(*, alone: bool) -> None:
    """A cancelled wait leaves the gate as it was."""
    visitors = Visitors()
    await visitors.send("a", alone=not alone)
    await visitors.send("gives up", alone=alone)
    await visitors.send("b", alone=True)
    await visitors.give_up("gives up")
    await visitors.leave("a")

    assert ["a", "b"] == visitors.came


async def test_one_that_breaks_inside_leaves_the_gate_open() -> None:
    """An exception in a batch is no reason to keep the others out."""
    visitors = Visitors()
    with pytest.raises(ZeroDivisionError):
        async with visitors.gate.enter(alone=True):
            raise ZeroDivisionError
    await visitors.send("next")

    assert {"next"} == visitors.inside
