"""An installation whose agents sit at a terminal, and applications that wait for them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from services.command.review.office import Office
from services.command.review.outcomes import Outcome
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from shared.application import Application
from shared.evidence import EajeFacts
from shared.protocol import saving
from shared.protocol.journal import first_break
from shared.states import Status, Step
from shared.store.places import decision_place
from shared.store.tables import JournalRow

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

_JOURNAL = "SELECT * FROM journal WHERE application_id = :id ORDER BY sequence"


@dataclass
class Agents:
    """What agents do, and what becomes of it."""

    record: "Record"
    env: dict[str, str]
    folder: Path

    def berceau(self, *words: str, code: int = 0, typed: str = "") -> Result:
        """A command that ends with this code."""
        ended = CliRunner(env=self.env).invoke(app, ["review", *words], input=typed)
        assert code == ended.exit_code, ended.output + repr(ended.exception)
        return ended

    def file(self, name: str, content: str) -> str:
        """A file of the folder."""
        path = self.folder / name
        path.write_text(content, "utf-8")
        return str(path)

    @property
    def office(self) -> Office:
        """The same desk, without a terminal."""
        return Office(self.record.engine, self.record.ring, "command:test", datetime.now(UTC))

    def stands(self, id_: UUID) -> tuple[str, str | None]:
        """State and reason."""
        [row] = self.record.rows("SELECT status, reason FROM applications WHERE id = :id", id=id_)
        return row.status, row.reason

    def decisions(self, id_: UUID) -> list[Any]:
        """Every version, the first first."""
        query = "SELECT * FROM decisions WHERE application_id = :id ORDER BY version"
        return self.record.rows(query, id=id_)

    def content(self, id_: UUID, version: int) -> dict[str, Any]:
        """What was sealed of a version."""
        [sealed] = [one.sealed for one in self.decisions(id_) if one.version == version]
        opened: dict[str, Any] = json.loads(
            self.record.key_of(id_).open(sealed, place=decision_place(id_))
        )
        return opened

    def acts(self, id_: UUID) -> list[tuple[str, str | None]]:
        """Every act of review and its ground, in order."""
        query = "SELECT act, ground FROM reviews WHERE application_id = :id ORDER BY at"
        return [(row.act, row.ground) for row in self.record.rows(query, id=id_)]

    def journal(self, id_: UUID) -> list[tuple[str | None, str]]:
        """Every move, the chain of which is whole."""
        rows = [JournalRow(**row._mapping) for row in self.record.rows(_JOURNAL, id=id_)]
        assert first_break(rows) is None
        return [(row.was, row.now) for row in rows]

    def reference(self, id_: UUID) -> str:
        return self.record.reference_of(id_)


@pytest.fixture
def agents(record: "Record", migrated: "Database", tmp_path: Path) -> Agents:
    record.ring.write(tmp_path / "ring.json")
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1",
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
    }
    return Agents(record, env, tmp_path)


Proposes = Callable[..., Awaitable[UUID]]


@pytest.fixture
def price(record: "Record") -> Callable[[UUID], Awaitable[None]]:
    """Price an application as the tariff worker does."""

    async def step(id_: UUID) -> None:
        [held] = record.claim([id_], step=Step.PRICE)
        work = Price(ring=record.ring, scales=Shelf(record.engine), parties=Parties(record.engine))
        assert {id_} == saving.save(record.engine, [await work(held)], actor="service:tariff")

    return step


@pytest.fixture
def propose(
    record: "Record",
    application: Application,
    facts: EajeFacts,
    price: Callable[[UUID], Awaitable[None]],
) -> Proposes:
    """An application of a scheme that asks for a yes, priced."""
    founded = record.found_another("ici", automatic_ground=None)

    async def one(certified: EajeFacts = facts, **changes: Any) -> UUID:
        family = application.model_copy(update=changes)
        id_ = record.enrol(
            family,
            certified,
            status=Status.VERIFIED,
            scheme_id=founded.scheme,
            authority_id=founded.authority,
        )
        await price(id_)
        return id_

    return one


def only(outcomes: dict[UUID, Outcome]) -> Outcome:
    """The one outcome."""
    [outcome] = outcomes.values()
    return outcome
