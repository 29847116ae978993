"""The scheduler among the workers: its row lives while it ticks, so its health can be asked."""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.metering.instruments import BEATS
from shared.protocol import lives
from shared.protocol.tempo import Tempo

_log = structlog.get_logger()


class Presence:
    """Says now and then that this process lives; it claims nothing, so a missed beat costs nothing.

    Args:
        engine: the record.
        service: as whom.
        tempo: how often it beats, and how long a beat counts.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        service: str,
        tempo: Tempo,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._service = service
        self._tempo = tempo
        self._clock = clock
        self._worker: UUID | None = None
        self._beat_at = clock()

    def beat(self) -> None:
        """Beat, when it is time to; whoever was thought dead is born again."""
        now = self._clock()
        if now < self._beat_at:
            return
        self._beat_at = now + self._tempo.heartbeat.total_seconds()
        try:
            self._live()
        except SQLAlchemyError as broken:
            BEATS.labels("missed").inc()
            _log.warning("presence.beat_missed", error=type(broken).__name__)

    def end(self) -> None:
        """Die at once: nobody takes a process that stopped for one that lives."""
        if self._worker is None:
            return
        try:
            lives.die(self._engine, self._worker)
        except SQLAlchemyError as broken:
            _log.warning("presence.end_missed", error=type(broken).__name__)

    def _live(self) -> None:
        life = self._tempo.life
        if self._worker is not None and lives.beat(self._engine, self._worker, life=life):
            BEATS.labels("kept").inc()
            return
        if self._worker is not None:
            BEATS.labels("thought_dead").inc()
        self._worker = lives.be_born(self._engine, service=self._service, life=life)
