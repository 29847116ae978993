"""A record in which applications stand in every way that is watched, and a Redis beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import Engine, insert, text, update

from services.command.founding import Access, Founded, Plan, Structure, found
from shared.protocol import journal, lives
from shared.protocol.journal import Head, Line
from shared.queue.broker import open_redis
from shared.sealing import KeyRing
from shared.states import Lane, Status
from shared.store.engine import open_engine
from shared.store.tables import ApplicationKeyRow, ApplicationRow
from tests.lent_engines import lent

if TYPE_CHECKING:
    from tests.conftest import Database

PLAN = Plan(
    code="arles",
    name="Ville d'essai",
    kind="commune",
    siret="21130004100012",
    structures=(Structure("les-mesanges", "Les Mésanges", ("collectif",)),),
    access=Access("demo", "21130004100012", "not.a.jwt", None, 18, 2),
    scheme="creches",
    scheme_name="Crèches",
    automatic_ground="Essai.",
    portal="arles-famille",
    portal_name="Espace famille",
    portal_key_hash=b"hash",
)


@dataclass
class Stand:
    """A record, a Redis and a ring, and what tests plant there."""

    engine: Engine
    owner: Engine
    redis: Redis
    ring: KeyRing
    founded: Founded
    numbers: Iterator[int]

    def plant(self, how_many: int = 1, **columns: Any) -> list[UUID]:
        """Applications, due since a minute unless said otherwise."""
        rows = [self._row(**columns) for _ in range(how_many)]
        with self.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), rows)
            wrapped = {"ring_key": self.ring.current, "wrapped": b"w"}
            keys = [{"application_id": row["id"], **wrapped} for row in rows]
            connection.execute(insert(ApplicationKeyRow), keys)
        return [row["id"] for row in rows]

    def _row(self, **columns: Any) -> dict[str, Any]:
        id_ = uuid4()
        return {
            "id": id_,
            "reference": f"TEST-{next(self.numbers):04d}",
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

    def tell(self, application: UUID, *lines: dict[str, Any]) -> None:
        """Write these lines in an application's journal, chained as the services do."""
        at, head, chained = datetime.now(UTC), Head(0, b""), []
        for number, line in enumerate(lines):
            moment = at + timedelta(seconds=number)
            chained.append(journal.chain(Line(application, moment, **line), head))
            head = chained[-1].head
        values = {"journal_sequence": head.sequence, "journal_head": head.hash}
        where = ApplicationRow.id == application
        with self.engine.begin() as connection:
            journal.write(connection, chained)
            connection.execute(update(ApplicationRow).where(where).values(**values))

    def worker(self, service: str, *, life: timedelta = timedelta(seconds=60)) -> UUID:
        return lives.be_born(self.engine, service=service, life=life)

    def run(self, statement: str, **values: Any) -> None:
        """Do as an owner would, and no service can."""
        with self.owner.begin() as connection:
            connection.execute(text(statement), values)


@pytest.fixture
def stand(migrated: "Database", redis_url: str) -> Iterator[Stand]:
    """A migrated and founded record, used with the rights of the services; an empty Redis."""
    ring = KeyRing.new("2026-1")
    with (
        lent(open_engine(migrated.service_url, name="test", connections=4)) as engine,
        lent(open_engine(migrated.owner_url, name="test-owner", connections=2)) as owner,
        open_redis(redis_url, timeout_s=5) as redis,
    ):
        yield Stand(engine, owner, redis, ring, found(engine, ring, PLAN), count(1))
