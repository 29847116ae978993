"""The switchboard: what the record switched off, as a worker knows it, at most a second old."""

from collections.abc import Callable
from time import monotonic

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.maintenance import NO_WINDOWS, Calendar
from shared.protocol.pauses import Paused, Turn, paused
from shared.states import Step

_log = structlog.get_logger()
_FRESH_FOR_S = 1.0


class Switchboard:
    """Asked before each claim, from any thread; reads the record once a second at most.

    A record out of reach leaves what was known: nothing can be claimed then anyway.
    """

    def __init__(
        self,
        engine: Engine,
        calendar: Calendar = NO_WINDOWS,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._engine = engine
        self._calendar = calendar
        self._clock = clock
        self._known = Paused()
        self._read_at = float("-inf")

    def stops(self, step: Step, turn: Turn) -> bool:
        """Whether nothing of this turn may be begun now."""
        if self._clock() - self._read_at > _FRESH_FOR_S:
            self._read()
        return self._known.stops(step, turn)

    def _read(self) -> None:
        try:
            self._known = paused(self._engine, self._calendar)
        except SQLAlchemyError as broken:
            _log.warning("switchboard.not_read", error=type(broken).__name__)
        self._read_at = self._clock()
