"""Where the tests' PostgreSQL keeps its data: in memory, where there is plenty of it.

A database of its own for each test is some four hundred small files: made in a third of a second on
a disk, in a thirtieth in memory, and there are two thousand such tests.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.protocol.neighbours import is_gone

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is ours, and must not be there yet
_PREFIX = "berceau-tests-"
_ROOM = 4 * 2**30  # bytes free; all tests together keep some 0.13 GB at once


@contextmanager
def quick_place(*, memory: Path = _MEMORY, room: int = _ROOM) -> Iterator[Path | None]:
    """A folder in memory, removed afterwards; None where memory is short or is no folder.

    Others may pass through it to what is theirs in it, and see nothing. What a run that was killed
    left there is removed by the next one.
    """
    if not memory.is_dir() or shutil.disk_usage(memory).free < room:
        yield None
        return
    _sweep(memory)
    place = memory / f"{_PREFIX}{os.getpid()}"
    place.mkdir()
    place.chmod(0o711)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _sweep(memory: Path) -> None:
    for left in memory.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX)
        if pid.isdecimal() and _is_over(int(pid)) and left.lstat().st_uid == os.geteuid():
            shutil.rmtree(left)


def _is_over(pid: int) -> bool:
    """Numbers come again: what stands under ours before we begin is somebody's who ended."""
    return pid == os.getpid() or is_gone(pid)
