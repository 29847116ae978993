"""Committing: a transaction whose two edges have names, so that a test may end a process there."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from shared.crash_points import Point
from shared.crashing import reach


@contextmanager
def committing(engine: Engine, written: Point, kept: Point) -> Iterator[Connection]:
    """A transaction that is kept whole at the end of the block, or not at all.

    Args:
        engine: the record.
        written: the point when all is written and nothing is kept.
        kept: the point when all is kept and the caller does not know it.
    """
    with engine.begin() as connection:
        yield connection
        reach(written)
    reach(kept)
