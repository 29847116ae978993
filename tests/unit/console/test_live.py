"""Live: what a stream sends, and when it ends."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import Request

from services.console.live import Part, Watch
from services.console.seats import Seats
from services.console.visit import Visit
from shared.roles import Role
from tests.console_house import FakeDoor, house


def _visit(door: FakeDoor, token: str) -> Visit:
    """A visit by whoever shows this token, in a process that goes on."""
    cookie = (b"cookie", f"berceau-session={token}".encode())
    scope = {"type": "http", "headers": [(b"host", b"localhost"), cookie]}
    return Visit(house(door=door, closing=_goes_on), (), Request(scope))


def _goes_on() -> bool:
    return False


async def _events(watch: Watch, visit: Visit, draw: Callable[[], Part]) -> list[str]:
    return [event async for event in watch.stream(visit, draw)]


async def test_a_part_is_sent_at_each_beat_line_by_line() -> None:
    """So long as it lasts, and no longer: the browser opens another."""
    door = FakeDoor()
    visit = _visit(door, door.sign_in(Role.OPS, None))

    events = await _events(Watch(every_s=0.01, longest_s=0.02), visit, lambda: Part("<p>\n1</p>"))

    assert ["event: part\ndata: <p>\ndata: 1</p>\n\n"] * 2 == events


async def test_what_is_over_ends() -> None:
    """Nothing more is sent of what changes no more."""
    door = FakeDoor()
    visit = _visit(door, door.sign_in(Role.OPS, None))

    events = await _events(Watch(every_s=0.01), visit, lambda: Part("x", over=True))

    assert ["event: part\ndata: x\n\n", "event: end\ndata: over\n\n"] == events


async def test_a_stream_ends_with_its_session() -> None:
    """Whoever signs out elsewhere is shown nothing more."""
    door = FakeDoor()
    token = door.sign_in(Role.OPS, None)
    visit = _visit(door, token)

    def draw() -> Part:
        door.signed.pop(token, None)
        return Part("x")

    events = await _events(Watch(every_s=0.01, longest_s=1.0), visit, draw)

    assert "event: end\ndata: left\n\n" == events[-1]
    assert 4 == len(events)


async def test_so_many_watch_and_no_more() -> None:
    """Whichever page they follow, one too many is told so; a place is free when a stream ends."""
    door = FakeDoor()
    visit = _visit(door, door.sign_in(Role.OPS, None))
    visit.house = replace(visit.house, seats=Seats(1))
    watch, of_another_page = (Watch(every_s=0.01, longest_s=0.05) for _ in range(2))
    first = watch.stream(visit, lambda: Part("x"))
    await anext(first)

    refused = await _events(of_another_page, visit, lambda: Part("x"))
    await first.aclose()
    after = await _events(of_another_page, visit, lambda: Part("x", over=True))

    assert ["event: end\ndata: full\n\n"] == refused
    assert "event: part\ndata: x\n\n" == after[0]


async def test_a_stream_ends_when_the_process_is_told_to() -> None:
    """Whoever stops the console does not wait for those who watch."""
    door = FakeDoor()
    visit = _visit(door, door.sign_in(Role.OPS, None))
    visit.house = house(door=door)

    events = await _events(Watch(every_s=60), visit, lambda: Part("x"))

    assert ["event: part\ndata: x\n\n"] == events
