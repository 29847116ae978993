"""A migrated record with its parties, in which tests plant applications that nobody opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, text, update

from services.command.founding import Access, Founded, Plan, Structure, found
from shared.protocol import claiming, lives
from shared.protocol.claiming import Held
from shared.protocol.recording import Decided
from shared.protocol.saving import Move
from shared.protocol.tempo import TIERS
from shared.sealing import KeyRing
from shared.states import Lane, Reason, Status, Step
from shared.store.engine import open_engine
from shared.store.migrating import migrate
from shared.store.tables import ApplicationKeyRow, ApplicationRow

if TYPE_CHECKING:
    from tests.conftest import Database

LIFE = timedelta(seconds=6)


@dataclass
class Record:
    """A record and what tests do to it."""

    engine: Engine
    owner: Engine
    founded: Founded

    def plant(self, how_many: int, **columns: Any) -> list[UUID]:
        """Applications that are due since a minute, unless said otherwise; ids in order."""
        rows = [self._row(**columns) for _ in range(how_many)]
        with self.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), rows)
            keys = [{"application_id": r["id"], "ring_key": "k", "wrapped": b"w"} for r in rows]
            connection.execute(insert(ApplicationKeyRow), keys)
        return sorted(row["id"] for row in rows)

    def _row(self, **columns: Any) -> dict[str, Any]:
        id_ = uuid4()
        return {
            "id": id_,
            "reference": f"T-{id_}",
            "authority_id": self.founded.authority,
            "portal_id": self.founded.portal,
            "scheme_id": self.founded.scheme,
            "structure_id": self.founded.structures["les-mesanges"],
            "habilitation_id": self.founded.habilitation,
            "same_application": id_.bytes,
            "sealed": b"sealed",
            "status": Status.RECEIVED,
            "lane": Lane.NOW,
            "due_at": datetime.now(UTC) - timedelta(minutes=1),
            **columns,
        }

    def change(self, ids: Sequence[UUID], **columns: Any) -> None:
        """Set columns as nobody in the product would."""
        with self.engine.begin() as connection:
            connection.execute(
                update(ApplicationRow).where(ApplicationRow.id.in_(ids)).values(**columns)
            )

    def found_another(self, code: str) -> Founded:
        """One more authority, with its own habilitation."""
        return found(self.engine, KeyRing.new("test"), a_plan(code))

    def worker(self, *, life: timedelta = LIFE) -> UUID:
        """A worker that is alive for so long, whatever it does."""
        return lives.be_born(self.engine, service="test", life=life)

    def claim(self, ids: Sequence[UUID], *, worker: UUID | None = None) -> list[Held]:
        """What a fresh worker claims of these, in the first tier."""
        worker = worker or self.worker()
        return claiming.claim(
            self.engine, worker, Step.VERIFY, ids, tier=TIERS[0], most=TIERS[0].size
        )

    def one(self, query: str, **values: Any) -> Any:
        """The first column of the first row."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).scalar()

    def column(self, name: str, ids: Sequence[UUID]) -> list[Any]:
        """One column of these applications, in the order of their ids."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(f"SELECT {name} FROM applications WHERE id = ANY(:ids) ORDER BY id"),  # noqa: S608
                {"ids": list(ids)},
            )
            return list(rows.scalars())

    @staticmethod
    def reviewed(held: Held, **changes: Any) -> Move:
        """The simplest end of a step: a person must settle it."""
        values: dict[str, Any] = {
            "application_id": held.id,
            "claim": held.claim,
            "was": held.status,
            "now": Status.TO_REVIEW,
            "reason": Reason.NOT_IDENTIFIED,
        }
        return Move(**{**values, **changes})

    @staticmethod
    def decision(**changes: Any) -> Decided:
        """A decision that nobody opens."""
        values: dict[str, Any] = {
            "valid_from": date(2026, 9, 1),
            "proposed": False,
            "tariff_id": "psu",
            "tariff_version": "2026-01-01",
            "tariff_digest": "sha256:0",
            "engine_version": "1",
            "sealed": b"sealed",
        }
        return Decided(**{**values, **changes})


def a_plan(code: str = "arles") -> Plan:
    """A town with one nursery."""
    return Plan(
        code=code,
        name="Ville d'essai",
        kind="commune",
        siret="21130000900019",
        structures=(Structure("les-mesanges", "Les Mésanges", ("collectif",)),),
        access=Access(code, "21130000900019", "token", None, 18, 2),
        scheme="creches",
        scheme_name="Crèches",
        automatic_ground="Essai.",
        portal=f"{code}-famille",
        portal_name="Espace famille",
        portal_key_hash=code.encode(),
    )


@pytest.fixture
def record(database: "Database") -> Iterator[Record]:
    """A migrated and founded record, used with the rights of the services."""
    migrate(database.owner_url, service_url=database.service_url)
    engine = open_engine(database.service_url, name="test", connections=16)
    owner = open_engine(database.owner_url, name="test-owner", connections=2)
    yield Record(engine, owner, found(engine, KeyRing.new("test"), a_plan()))
    engine.dispose()
    owner.dispose()
