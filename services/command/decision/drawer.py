"""Where decisions are found: by the reference of their application, opened by the key ring."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.errors import BerceauError
from shared.paris import day_in_paris
from shared.protocol.decided import DecidedVersion, in_force, open_decision, versions_of
from shared.sealing import KeyRing
from shared.settings import Settings
from shared.store.engine import open_engine

_FIND = text("SELECT id, reference FROM applications WHERE reference IN (:typed, :upper)")


class NotToldError(BerceauError):
    """There is no such decision, or it must not be told."""


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A decision and the reference by which it was found."""

    reference: str
    content: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawer:
    """The record of decisions, and what opens it."""

    connection: Connection
    ring: KeyRing
    clock: Callable[[], datetime]

    def find(self, reference: str, version: int | None = None) -> Found:
        """The decision in force of an application, or one of its versions.

        Raises:
            NotToldError: no such application or version; only a proposed one; erased; or nobody
                has checked who asks.
        """
        id_, reference = self._application(reference.strip())
        chosen = self._chosen(reference, versions_of(self.connection, id_), version)
        return Found(reference, self._opened(reference, chosen))

    def _application(self, typed: str) -> tuple[UUID, str]:
        values = {"typed": typed, "upper": typed.upper()}
        row = self.connection.execute(_FIND, values).one_or_none()
        if row is None:
            raise NotToldError(f"Aucun dossier ne porte la référence {typed}.")
        return row.id, row.reference

    def _chosen(
        self, reference: str, versions: Sequence[DecidedVersion], version: int | None
    ) -> DecidedVersion:
        if version is None:
            found = in_force(versions, day_in_paris(self.clock()))
        else:
            found = next((one for one in versions if one.version == version), None)
        if found is None:
            which = "décision" if version is None else f"décision en version {version}"
            raise NotToldError(
                f"Le dossier {reference} n'a pas de {which} : une décision proposée n'en est pas "
                "encore une."
            )
        return found

    def _opened(self, reference: str, version: DecidedVersion) -> dict[str, Any]:
        opened = open_decision(self.ring, version)
        if opened is None:
            raise NotToldError(f"Les données du dossier {reference} ont été effacées.")
        if not opened.disclosable:
            raise NotToldError(
                f"Dossier {reference} : personne n'a encore vérifié l'identité du demandeur ; rien "
                "ne peut lui être communiqué."
            )
        return opened.content


@contextmanager
def open_drawer(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Drawer]:
    """Open the record for reading.

    Raises:
        SettingsError: the key ring cannot be read.
        sqlalchemy.exc.SQLAlchemyError: the record is out of reach.
    """
    ring = KeyRing.read(settings.key_ring_file)
    engine = open_engine(settings.database_url.get_secret_value(), name="decision", connections=1)
    try:
        with engine.connect() as connection:
            yield Drawer(connection, ring, clock)
    finally:
        engine.dispose()
