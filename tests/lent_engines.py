"""Engines that tests use, closed once nobody holds a connection of theirs.

A task that a test cancels leaves its thread behind, which may still connect: a pool that is closed
meanwhile never closes that connection, and a later test is blamed for it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, QueuePool

_PATIENCE_S = 5.0  # the longest that a thread waits for a connection is 3 s


@contextmanager
def lent(engine: Engine) -> Iterator[Engine]:
    """An engine for one test; what is still held after five seconds is told by its warning."""
    try:
        yield engine
    finally:
        _await_returns(engine)
        engine.dispose()


def _await_returns(engine: Engine) -> None:
    assert isinstance(engine.pool, QueuePool)
    deadline = time.monotonic() + _PATIENCE_S
    while engine.pool.checkedout() and time.monotonic() < deadline:
        time.sleep(0.01)
