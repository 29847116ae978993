"""The sealer: beside the clockwork, in a thread of its own, it seals the days that are past.

Several may run at once: each day is sealed by whichever comes first, and the others see it. What
it logs (day, count, root) is a witness kept away from the database: see docs/how-to.
"""

from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.errors import SettingsError
from shared.protocol.sealing_days import seal_due
from shared.protocol.seals import SealKey

LOOKS_EVERY_S = 60.0
_log = structlog.get_logger()


class Sealer:
    """Seals what is due; without a key or a database it says so and looks again later."""

    def __init__(
        self,
        engine: Engine,
        key_file: Path,
        *,
        read_key: Callable[[Path], SealKey] = SealKey.read,
    ) -> None:
        self._engine = engine
        self._key_file = key_file
        self._read_key = read_key

    def look(self) -> int:
        """Seal the past days that nobody sealed; returns how many."""
        sealed = 0
        try:
            for seal in seal_due(self._engine, self._read_key(self._key_file)):
                sealed += 1
                _log.info(
                    "scheduler.sealed",
                    day=seal.day.isoformat(),
                    heads=seal.heads,
                    root=seal.root.hex(),
                )
        except (SettingsError, SQLAlchemyError) as broken:
            _log.warning("scheduler.seal_missed", error=type(broken).__name__)
        return sealed
