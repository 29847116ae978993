"""The logs of the processes: appended to by them, kept within bounds by the supervisor."""

import contextlib
import os
import shutil
from pathlib import Path

LIMIT = 10_000_000  # bytes; the generation before is kept beside: twice that a process at most
_TAIL = 8_000
_LINES = 12


def begin(log: Path) -> None:
    """Begin an empty log, the one of the run before kept beside."""
    if log.exists():
        log.rename(_before(log))


def keep_within(log: Path, *, limit: int = LIMIT) -> None:
    """Empty the log when it is beyond `limit` bytes, what it held kept beside.

    It is emptied in place: its writer appends, and goes on without noticing.
    """
    if log.exists() and log.stat().st_size > limit:
        with contextlib.suppress(OSError):  # a full disk, for instance
            shutil.copyfile(log, _before(log))
        os.truncate(log, 0)


def last_lines(log: Path) -> list[str]:
    """Return the end of a log, to be quoted where a start failed."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        return file.read().decode("utf-8", errors="replace").splitlines()[-_LINES:]


def _before(log: Path) -> Path:
    return log.with_name(f"{log.name}.1")
