"""A migrated record with its parties, in which tests plant applications, sealed or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, text, update

from services.command.founding import Access, Founded, Plan, Structure, found
from shared.application import Application
from shared.evidence import EajeFacts
from shared.protocol import claiming, lives
from shared.protocol.claiming import Held
from shared.protocol.recording import Decided
from shared.protocol.saving import Move
from shared.protocol.tempo import TIERS
from shared.sealing import DataKey, KeyRing, WrappedKey
from shared.states import Lane, Reason, Status, Step
from shared.store.engine import open_engine
from shared.store.places import application_place, evidence_place, tax_numbers_place
from shared.store.tables import ApplicationKeyRow, ApplicationRow, VerificationRow
from shared.taxation import write_tax_numbers
from tests.console_record import Consoles, open_console
from tests.integration import following
from tests.integration.following import Follow
from tests.lent_engines import lent

if TYPE_CHECKING:
    from tests.conftest import Database

LIFE = timedelta(seconds=6)
_SIGNATORY = {
    "first_name": "Awa",
    "last_name": "Essai",
    "function": "directrice",
    "service": "Petite enfance",
}


@dataclass
class Record:
    """A record and what tests do to it."""

    engine: Engine
    owner: Engine
    ring: KeyRing
    founded: Founded

    def plant(self, how_many: int, **columns: Any) -> list[UUID]:
        """Applications that are due since a minute, unless said otherwise; ids in order.

        Nobody can open them: `enrol` is for those that a step opens.
        """
        rows = [self._row(uuid4(), **columns) for _ in range(how_many)]
        with self.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), rows)
            keys = [{"application_id": r["id"], "ring_key": "k", "wrapped": b"w"} for r in rows]
            connection.execute(insert(ApplicationKeyRow), keys)
        return sorted(row["id"] for row in rows)

    def enrol(
        self, application: Application, facts: EajeFacts | None = None, **columns: Any
    ) -> UUID:
        """One application sealed as intake seals it, with its certified facts if there are any."""
        id_, key = uuid4(), DataKey.new()
        wrapped = self.ring.wrap(key)
        body = application.model_dump_json().encode()
        columns["sealed"] = key.seal(body, place=application_place(id_))
        if application.tax_numbers:
            numbers = write_tax_numbers(application.tax_numbers)
            columns["sealed_tax_numbers"] = key.seal(numbers, place=tax_numbers_place(id_))
        with self.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), self._row(id_, **columns))
            connection.execute(
                insert(ApplicationKeyRow),
                {"application_id": id_, "ring_key": wrapped.ring_key, "wrapped": wrapped.wrapped},
            )
            if facts is not None:
                connection.execute(insert(VerificationRow), _certified(id_, key, facts))
        return id_

    def key_of(self, id_: UUID) -> DataKey:
        """The data key of an enrolled application."""
        query = text("SELECT ring_key, wrapped FROM application_keys WHERE application_id = :id")
        with self.engine.connect() as connection:
            row = connection.execute(query, {"id": id_}).one()
        return self.ring.unwrap(WrappedKey(row.ring_key, row.wrapped))

    def _row(self, id_: UUID, **columns: Any) -> dict[str, Any]:
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

    def found_another(self, code: str, *, automatic_ground: str | None = "Essai.") -> Founded:
        """One more authority, with its own habilitation; without a ground, an agent validates."""
        return found(self.engine, self.ring, a_plan(code, automatic_ground=automatic_ground))

    def worker(self, *, life: timedelta = LIFE) -> UUID:
        """A worker that is alive for so long, whatever it does."""
        return lives.be_born(self.engine, service="test", life=life)

    def claim(
        self, ids: Sequence[UUID], *, worker: UUID | None = None, step: Step = Step.VERIFY
    ) -> list[Held]:
        """What a fresh worker claims of these, in the first tier, as many at a time as may be."""
        worker, size = worker or self.worker(), TIERS[0].size
        claim = partial(claiming.claim, self.engine, worker, step, tier=TIERS[0], most=size)
        parts = [ids[first : first + size] for first in range(0, len(ids), size)]
        return [held for part in parts for held in claim(part)]

    def reference_of(self, id_: UUID) -> str:
        """The reference that an application was given."""
        return f"T-{id_}"

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Every row."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values).all())

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


def _certified(id_: UUID, key: DataKey, facts: EajeFacts) -> dict[str, Any]:
    return {
        "application_id": id_,
        "outcome": "Certified",
        "source": facts.provenance.source,
        "fetched_at": facts.provenance.fetched_at,
        "sealed": key.seal(facts.model_dump_json().encode(), place=evidence_place(id_)),
    }


def a_plan(code: str = "arles", *, automatic_ground: str | None = "Essai.") -> Plan:
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
        automatic_ground=automatic_ground,
        portal=f"{code}-famille",
        portal_name="Espace famille",
        portal_key_hash=code.encode(),
        signatories=(_SIGNATORY,),
        contact={"service": "Petite enfance", "email": "petite-enfance@ville.test"},
    )


@pytest.fixture
def record(migrated: "Database") -> Iterator[Record]:
    """A migrated and founded record, used with the rights of the services."""
    ring = KeyRing.new("test")
    with (
        lent(open_engine(migrated.service_url, name="test", connections=16)) as engine,
        lent(open_engine(migrated.owner_url, name="test-owner", connections=2)) as owner,
    ):
        yield Record(engine, owner, ring, found(engine, ring, a_plan()))


@pytest.fixture
def consoles(migrated: "Database") -> Iterator[Consoles]:
    """The console on the record, with its own login."""
    with lent(open_console(migrated.console_url)) as engine:
        yield Consoles(engine)


@pytest.fixture
def follow() -> Follow:
    """Runs a page's console blocks as printed: see docs_that_run.md."""
    return following.run
