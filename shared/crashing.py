"""Crashing on purpose: a process may be told by a test to die, break or stand still at a point.

Nothing is armed unless a composition root was given a folder of orders, which only tests give, and
unless that folder holds a licence for the very record that the process works on. Unarmed, to pass
a point is one look at one name.
"""

import os
import signal
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from shared.crash_points import Point
from shared.errors import SettingsError

LICENCE = "licence-to-crash"
NAP_S = 2.5  # longer than a permit lasts
_CLOSED = 0o077
_log = structlog.get_logger()


class PlannedCrashError(RuntimeError):
    """A test asked for a bug at this point."""


class Way(StrEnum):
    """What becomes of a process at a point."""

    KILL = "kill"  # it ends on the spot, as by the kernel's hand
    EXCEPTION = "exception"  # a bug: an exception that nobody foresaw
    HANG = "hang"  # all of it stands still until SIGCONT, long after it is thought dead
    NAP = "nap"  # this thread sleeps a little; it leads to what comes too late
    REFUSAL = "refusal"  # the record refuses what was written; it leads to what follows


class Orders:
    """A folder in which a test leaves an order: a file named after a point, with a way in it.

    Each order is obeyed once, by the process that takes it first; `<point>.taken` then holds that
    process' number.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def obey(self, point: Point) -> None:
        """Crash, if this point has an order that nobody took."""
        taken = self._folder / f"{point}.{os.getpid()}"
        try:
            (self._folder / point).rename(taken)
        except FileNotFoundError:
            return
        way = Way(taken.read_text("utf-8").strip())
        _log.error("crash.ordered", point=point, way=way)
        taken.write_text(str(os.getpid()), "utf-8")
        taken.rename(self._folder / f"{point}.taken")
        _WAYS[way](point)


_orders: Orders | None = None


def reach(point: Point) -> None:
    """Pass a point; only a process that a test armed may end here."""
    if _orders is not None:
        _orders.obey(point)


def arm(folder: Path | None, *, beside: str) -> None:
    """Take orders from a folder; None, as everywhere but in tests, takes none.

    Args:
        folder: ours, closed to others, with a licence for this record in it.
        beside: the record's URL.

    Raises:
        SettingsError: the folder is no licence to crash beside this record.
    """
    global _orders  # noqa: PLW0603  # one process, one place to be told to end
    if folder is None:
        return
    if not _licensed(folder, beside):
        raise SettingsError(
            "BERCEAU_CRASH_FOLDER: only a test of Berceau sets it, with a licence for its own "
            "record; unset it"
        )
    _log.error("crash.armed", folder=str(folder))
    _orders = Orders(folder)


def licence(record_url: str) -> str:
    """What a licence says: which record a process may crash beside; no password."""
    parts = urlsplit(record_url)
    return f"crash beside {parts.hostname}:{parts.port}{parts.path}"


def _licensed(folder: Path, record_url: str) -> bool:
    try:
        status, said = folder.stat(), (folder / LICENCE).read_text("utf-8")
    except (OSError, ValueError):
        return False
    closed = status.st_uid == os.getuid() and not status.st_mode & _CLOSED
    return closed and said.strip() == licence(record_url)


def _kill(_point: Point) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _break(point: Point) -> None:
    raise PlannedCrashError(f"planned at {point}")


def _hang(_point: Point) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _nap(_point: Point) -> None:
    time.sleep(NAP_S)


def _refuse(_point: Point) -> None:
    from sqlalchemy.exc import DataError  # noqa: PLC0415  # who is never armed needs none of it

    raise DataError("planned", None, RuntimeError())


_WAYS: Mapping[Way, Callable[[Point], None]] = {
    Way.KILL: _kill,
    Way.EXCEPTION: _break,
    Way.HANG: _hang,
    Way.NAP: _nap,
    Way.REFUSAL: _refuse,
}
