"""Planting: applications in the table as intake would have left them, and the table emptied."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, text

from benchmarks.speed.families import Family
from services.command.founding import Founded
from shared.sealing import DataKey, KeyRing
from shared.states import Lane, Status
from shared.store.places import application_place
from shared.store.tables import ApplicationKeyRow, ApplicationRow

_GROUP = 1_000
_EMPTY = text("TRUNCATE applications CASCADE")
_KNOW = text("ANALYZE applications, application_keys")  # as autovacuum would have, by then
_ROWS_A_SECOND = 3_000  # that are surely inserted


@dataclass(frozen=True, slots=True, repr=False)
class Plot:
    """Where applications are planted: the record, as its services and as its owner."""

    engine: Engine
    owner: Engine
    ring: KeyRing
    founded: Founded

    def plant(self, families: Iterable[Family]) -> tuple[dict[UUID, Family], datetime]:
        """An application of each, in a table that was empty; and the moment they are due (UTC).

        They are due together, once the last is in.
        """
        sealed = [self._row(family) for family in families]
        due = datetime.now(UTC) + timedelta(seconds=1 + len(sealed) / _ROWS_A_SECOND)
        self._insert([({**row, "due_at": due}, key) for row, key, _ in sealed])
        return {row["id"]: family for row, _, family in sealed}, due

    def empty(self) -> None:
        """Remove every application and all that hangs on it, and leave no dead row."""
        with self.owner.begin() as connection:
            connection.execute(_EMPTY)

    def _insert(self, rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
        self.empty()
        for first in range(0, len(rows), _GROUP):
            group = rows[first : first + _GROUP]
            with self.engine.begin() as connection:
                connection.execute(insert(ApplicationRow), [row for row, _ in group])
                connection.execute(insert(ApplicationKeyRow), [key for _, key in group])
        with self.owner.begin() as connection:
            connection.execute(_KNOW)

    def _row(self, family: Family) -> tuple[dict[str, Any], dict[str, Any], Family]:
        id_, key = uuid4(), DataKey.new()
        wrapped, application = self.ring.wrap(key), family.application
        body = application.model_dump_json().encode()
        row = {
            "id": id_,
            "reference": f"S-{id_}",
            "authority_id": self.founded.authority,
            "portal_id": self.founded.portal,
            "scheme_id": self.founded.scheme,
            "structure_id": self.founded.structures[application.structure],
            "habilitation_id": self.founded.habilitation,
            "same_application": id_.bytes,
            "sealed": key.seal(body, place=application_place(id_)),
            "status": Status.RECEIVED,
            "lane": Lane.NOW,
        }
        kept = {"application_id": id_, "ring_key": wrapped.ring_key, "wrapped": wrapped.wrapped}
        return row, kept, family
