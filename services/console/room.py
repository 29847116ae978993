"""A room: some pages, who may open each, and where they stand in the navigation.

Every module of `services.console.rooms` has its own, named `ROOM`; nothing else knows of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from services.console import rooms
from services.console.matrix import Row, Verb, Verdict, judge, row_of
from shared.roles import Role

if TYPE_CHECKING:
    from services.console.place import Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation, for those whom the matrix lets read its page; in order of place."""

    label: str
    path: str
    place: int


@dataclass(frozen=True, slots=True)
class Room:
    """What a module of rooms adds to the house; `open_routes` adds a route for each row."""

    name: str
    rows: tuple[Row, ...]
    open_routes: "Callable[[Place], None]"
    entries: tuple[Entry, ...] = ()


def every_room() -> tuple[Room, ...]:
    """The rooms of the house, one from each module of `services.console.rooms`."""
    return tuple(_found())


def navigation(rooms: tuple[Room, ...], role: Role | None) -> tuple[Entry, ...]:
    """The lines that a role is shown."""
    found = [
        entry
        for room in rooms
        for entry in room.entries
        if judge(row_of(room.rows, Verb.GET, entry.path), role) is Verdict.ADMITTED
    ]
    return tuple(sorted(found, key=lambda entry: entry.place))


def _found() -> Iterator[Room]:
    for module in sorted(iter_modules(rooms.__path__), key=lambda found: found.name):
        yield import_module(f"{rooms.__name__}.{module.name}").ROOM
