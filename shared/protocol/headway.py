"""Headway: how fast something gets through what it has to do, and when it may be done. Pure."""

from datetime import timedelta

OVER = timedelta(minutes=10)
"""Over which the last headway is looked at."""


def a_minute(through: int, took: timedelta | None) -> float | None:
    """How many got through in a minute, of so many in so long; None when none did."""
    if not through or took is None:
        return None
    return through / max(took / timedelta(minutes=1), 1 / 60)


def until_done(left: int, pace: float | None) -> timedelta | None:
    """How long what is left takes at this pace (a minute); None when it is not known."""
    return timedelta(minutes=left / pace) if pace else None
