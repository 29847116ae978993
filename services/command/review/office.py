"""The office: what an agent works with at a terminal, and how a command ends when it cannot.

Exit codes: 0 when it is done, or was already; 1 when something was refused, or does not exist; 2
for what is asked wrongly or cannot be done here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Engine

from services.command.records.desk import application_of, give_up, login, record_opened
from shared.errors import SettingsError
from shared.paris import day_in_paris
from shared.sealing import KeyRing
from shared.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Office:
    """The record and its ring, whose hand acts (`command:<login>`), and when (UTC)."""

    engine: Engine
    ring: KeyRing
    actor: str
    now: datetime

    @property
    def today(self) -> date:
        """The day in Paris."""
        return day_in_paris(self.now)

    def found(self, reference: str) -> UUID:
        """The application of a reference; exit code 1 when there is none."""
        with self.engine.connect() as connection:
            return application_of(connection, reference, see=" : voyez « berceau review list »")


@contextmanager
def at_office() -> Iterator[Office]:
    """Open the record."""
    with record_opened("review", connections=3) as (settings, engine):
        yield Office(engine, _ring(settings), f"command:{login()}", datetime.now(UTC))


def _ring(settings: Settings) -> KeyRing:
    try:
        return KeyRing.read(settings.key_ring_file)
    except SettingsError as unread:
        give_up(f"Réglages incomplets : {unread}")
