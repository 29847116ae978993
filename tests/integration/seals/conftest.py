"""A journal over the last settled days, sealed or not, and an intruder who owns the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, text, update

from services.command.founding import Access, Founded, Plan, Structure, found
from shared.protocol import journal
from shared.protocol.journal import Chained, Head, Line
from shared.protocol.sealing_days import last_settled_day, seal_due
from shared.protocol.seals import Seal, SealKey
from shared.sealing import KeyRing
from shared.states import Lane, Status
from shared.store.engine import open_engine
from shared.store.tables import ApplicationRow
from shared.watching.auditing import Audit, audit
from tests.lent_engines import lent

if TYPE_CHECKING:
    from tests.conftest import Database

_PLAN = Plan(
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
class Told:
    """An application of the tests, and where its chain stands."""

    id: UUID
    reference: str
    lines: list[Chained] = field(default_factory=list)

    @property
    def head(self) -> Head:
        return self.lines[-1].head if self.lines else Head(0, b"")


@dataclass
class Ledger:
    """The record, and what services, schedulers and an intruder do to it."""

    engine: Engine
    owner: Engine
    founded: Founded
    end: date
    key: SealKey = field(default_factory=SealKey.new)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def day(self, before_the_end: int) -> date:
        """So many days before the last settled day."""
        return self.end - timedelta(days=before_the_end)

    def tell(self, *before_the_end: int) -> Told:
        """A new application, with a line at noon of each of these days."""
        told = Told(uuid4(), f"T-{next(self.numbers):04d}")
        with self.engine.begin() as connection:
            connection.execute(insert(ApplicationRow), [self._row(told)])
        for days in before_the_end:
            self.go_on(told, datetime.combine(self.day(days), time(12), UTC))
        return told

    def go_on(self, told: Told, at: datetime) -> None:
        """One more line, written as the services do."""
        self.write(told, self.next_line(told, at))

    def next_line(self, told: Told, at: datetime, actor: str = "service:test") -> Chained:
        """The line that would follow, not written."""
        was = Status.RECEIVED if told.lines else None
        return journal.chain(Line(told.id, at, actor, was, Status.RECEIVED), told.head)

    def write(self, told: Told, *lines: Chained) -> None:
        """Write lines and move the head to the last."""
        last = lines[-1].head
        head = {"journal_sequence": last.sequence, "journal_head": last.hash}
        with self.engine.begin() as connection:
            journal.write(connection, lines)
            mine = update(ApplicationRow).where(ApplicationRow.id == told.id)
            connection.execute(mine.values(**head))
        told.lines.extend(lines)

    def seal(self, *, key: SealKey | None = None) -> list[Seal]:
        """Seal what is due, up to the day that the tests know as the last."""
        return list(seal_due(self.engine, key or self.key, until=self.end))

    def audit(self, *trusted: SealKey) -> Audit:
        """Audit; by default only the ledger's own key may sign."""
        keys = {one.public for one in trusted or (self.key,)}
        return audit(self.engine, trusted=keys)

    def intrude(self, statement: str, **values: Any) -> None:
        """Do as who owns the tables could, and no service."""
        with self.owner.begin() as connection:
            done = connection.execute(text(statement), values)
        assert done.rowcount > 0, "the intruder touched nothing"

    def remove_last_line(self, told: Told) -> None:
        """Take the last line away, and move the head back so that the chain is whole."""
        self.intrude(
            "DELETE FROM journal WHERE application_id = :id AND sequence = :sequence",
            id=told.id,
            sequence=told.lines.pop().head.sequence,
        )
        self.move_head(told)

    def move_head(self, told: Told) -> None:
        """Make the row know the head that the test knows."""
        self.intrude(
            "UPDATE applications SET journal_sequence = :sequence, journal_head = :head"
            " WHERE id = :id",
            id=told.id,
            sequence=told.head.sequence,
            head=told.head.hash,
        )

    def one(self, query: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(query)).scalar()

    def _row(self, told: Told) -> dict[str, Any]:
        return {
            "id": told.id,
            "reference": told.reference,
            "authority_id": self.founded.authority,
            "portal_id": self.founded.portal,
            "scheme_id": self.founded.scheme,
            "structure_id": self.founded.structures["les-mesanges"],
            "habilitation_id": self.founded.habilitation,
            "same_application": told.id.bytes,
            "sealed": b"sealed",
            "status": Status.RECEIVED,
            "lane": Lane.NOW,
        }


@pytest.fixture
def ledger(migrated: "Database") -> Iterator[Ledger]:
    """An empty journal, migrated and founded, used with the rights of the services."""
    with (
        lent(open_engine(migrated.service_url, name="test", connections=4)) as engine,
        lent(open_engine(migrated.owner_url, name="test-owner", connections=1)) as owner,
    ):
        founded = found(engine, KeyRing.new("test"), _PLAN)
        yield Ledger(engine, owner, founded, last_settled_day(engine))
