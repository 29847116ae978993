"""The life of this process: heartbeats, and what happens when it was thought dead."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from shared.metering.instruments import BEATS
from shared.protocol import lives
from shared.protocol.tempo import Tempo

_BORN_AGAIN_S = 1.0

_log = structlog.get_logger()


class Life:
    """Keeps one worker alive in the record; when it was thought dead, drops all and is reborn."""

    def __init__(self, engine: Engine, *, service: str, tempo: Tempo) -> None:
        self._engine = engine
        self._service = service
        self._tempo = tempo
        self._lost = False
        self._drop: Callable[[], None] = lambda: None
        self.worker: UUID = lives.be_born(engine, service=service, life=tempo.life)

    def on_death(self, drop: Callable[[], None]) -> None:
        """What to call when everything held must be dropped."""
        self._drop = drop

    def lose(self) -> None:
        """Say that something held can no longer be accounted for: this life ends at its beat."""
        self._lost = True

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(self._tempo.heartbeat.total_seconds())
            try:
                await self._beat()
            except SQLAlchemyError as broken:
                BEATS.labels("missed").inc()
                _log.warning("life.beat_missed", error=type(broken).__name__)

    async def _beat(self) -> None:
        alive = not self._lost and await asyncio.to_thread(
            lives.beat, self._engine, self.worker, life=self._tempo.life
        )
        if alive:
            BEATS.labels("kept").inc()
            return
        BEATS.labels("thought_dead").inc()
        _log.warning("life.thought_dead", worker=str(self.worker))
        self._drop()
        await asyncio.to_thread(lives.die, self._engine, self.worker)
        self.worker = await asyncio.to_thread(
            lives.be_born, self._engine, service=self._service, life=self._tempo.life
        )
        self._lost = False

    async def end(self) -> None:
        """Die at once, so that nothing waits for this life to run out."""
        try:
            await asyncio.to_thread(lives.die, self._engine, self.worker)
        except SQLAlchemyError as broken:
            _log.warning("life.end_missed", error=type(broken).__name__)


async def born(engine: Engine, *, service: str, tempo: Tempo) -> Life:
    """A life, as soon as the database is within reach: one that is away is waited for."""
    while True:
        try:
            return await asyncio.to_thread(Life, engine, service=service, tempo=tempo)
        except OperationalError as broken:
            _log.warning("worker.waits_for_the_record", error=type(broken.orig).__name__)
            await asyncio.sleep(_BORN_AGAIN_S)
