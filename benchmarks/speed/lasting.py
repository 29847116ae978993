"""Lasting: how many applications a turn needs, to last as long as it must. Pure."""

from collections.abc import Callable

from benchmarks.speed.judging import VoidError
from benchmarks.speed.report import Drain

_SURE = 1.4  # a machine that others leave meanwhile is faster than it was
_TRIES = 4


def lasting(drained: Callable[[int], Drain], warm: int, seconds: float) -> Drain:
    """A drain of at least so many seconds; a first one, of `warm` applications, only tells a rate.

    Raises:
        VoidError: each was too short, for the machine became faster all the time.
    """
    found = drained(warm)
    for _ in range(_TRIES):
        found = drained(int(found.per_s * seconds * _SURE))
        if found.seconds >= seconds:
            return found
    raise VoidError(f"no turn lasted {seconds:.0f} s: the machine changes its speed too much")
