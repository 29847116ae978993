"""The desk: work that waits for the database, in threads, so many at once and no more waiting."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.intake.problems import later
from services.intake.wordings import Kind

_OUT_OF_REACH = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)
_WAITING_PER_PLACE = 8
_BUSY_S = 2
_DOWN_S = 5

_log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Serves `at_once` requests together; eight times as many may wait for their turn."""

    def __init__(self, *, at_once: int) -> None:
        self._places = CapacityLimiter(at_once)
        self._most = at_once * (1 + _WAITING_PER_PLACE)
        self._here = 0

    async def serve(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work in a thread.

        Raises:
            ProblemError: overloaded; or unavailable, when the database is out of reach.
        """
        if self._here >= self._most:
            raise later(Kind.OVERLOADED, seconds=_BUSY_S)
        self._here += 1
        try:
            return await to_thread.run_sync(
                lambda: _patient(lambda: work(*args, **kwargs)), limiter=self._places
            )
        finally:
            self._here -= 1


def _patient(work: Callable[[], T]) -> T:
    """Say that the database is out of reach as a problem that passes."""
    try:
        return work()
    except _OUT_OF_REACH as broken:
        _log.warning("database.out_of_reach", error=type(getattr(broken, "orig", broken)).__name__)
        raise later(Kind.UNAVAILABLE, seconds=_DOWN_S) from broken
