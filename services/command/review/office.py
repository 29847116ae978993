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
from sqlalchemy.exc import SQLAlchemyError

from services.command.records.desk import give_up, login
from services.command.status import settings_or_exit
from shared.errors import SettingsError
from shared.paris import day_in_paris
from shared.protocol.reviewing.holding import find
from shared.sealing import KeyRing
from shared.settings import Settings
from shared.store.engine import open_engine

_MISSING = 1


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
            typed = reference.strip()
            id_ = find(connection, typed) or find(connection, typed.upper())
        if id_ is None:
            give_up(
                f"Aucun dossier ne porte la référence {reference} : voyez « berceau review list ».",
                code=_MISSING,
            )
        return id_


@contextmanager
def at_office() -> Iterator[Office]:
    """Open the record."""
    settings = settings_or_exit()
    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name="review", connections=3)
    try:
        yield Office(engine, _ring(settings), f"command:{login()}", datetime.now(UTC))
    except SQLAlchemyError:
        give_up("PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».")
    finally:
        engine.dispose()


def _ring(settings: Settings) -> KeyRing:
    try:
        return KeyRing.read(settings.key_ring_file)
    except SettingsError as unread:
        give_up(f"Réglages incomplets : {unread}")
