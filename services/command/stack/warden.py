"""The warden: a process of its own that ends what a supervisor leaves behind, even by kill -9.

It reads its standard input, a pipe whose other end only the supervisor holds:

    + GROUP SIGNAL    this process group is ours; SIGNAL ends it cleanly
    - GROUP           it has ended

The end of the pipe is the end of the supervisor. The warden then ends what is left, first with the
signal of each, after `GRACE` seconds with SIGKILL. It works alike on Linux and macOS, needs no hook
between fork and exec, and is run by path (`python -I -S`): it imports the standard library only.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE = 3.0
_LAST_WAIT = 1.0
_PAUSE = 0.05


def listen(lines: Iterable[str]) -> dict[int, int]:
    """Read orders until there are no more; return the groups left, each with its signal."""
    groups: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["+", group, stop]:
                groups[int(group)] = int(stop)
            case ["-", group]:
                groups.pop(int(group), None)
    return groups


def end(groups: dict[int, int]) -> None:
    """End all groups, within GRACE seconds when they obey."""
    for group, stop in groups.items():
        _signal(group, stop)
        _signal(group, signal.SIGCONT)
    left = _wait(groups, seconds=GRACE)
    for group in left:
        _signal(group, signal.SIGKILL)
    _wait(left, seconds=_LAST_WAIT)


def _wait(groups: Iterable[int], *, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    left = list(groups)
    while left and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        left = [group for group in left if _signal(group, 0)]
    return left


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # gone; macOS says EPERM of a zombie
        return False
    return True


if __name__ == "__main__":
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # its end is that of the pipe
    end(listen(sys.stdin))
