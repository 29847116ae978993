"""Stopping: what SIGTERM and SIGINT do to a process, from its first line to its last.

It imports the standard library only: a process loads it before all else.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ORDERS = (signal.SIGTERM, signal.SIGINT)


def heed(*steps: Callable[[], object]) -> None:
    """From now on each order to stop takes the next of these steps; one more ends the process.

    Without any step the first order ends it on the spot, with exit code 0: right for a process that
    holds nothing yet. For one that holds something it is as a crash, which the record stands.
    """
    left = iter(steps)

    def obey(_number: int, _frame: FrameType | None) -> None:
        next(left, _leave)()

    for number in _ORDERS:
        signal.signal(number, obey)


@contextmanager
def heeding() -> Iterator[None]:
    """As `heed()`, and what was before comes back at the end of the block."""
    before = {number: signal.getsignal(number) for number in _ORDERS}
    heed()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_within(seconds: float) -> None:
    """End the process with exit code 0 after so long, whatever it is waiting for."""
    timer = threading.Timer(seconds, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    os._exit(0)
