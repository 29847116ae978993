"""Decisions as the tariff worker leaves them, and hands that change what is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.command.decision.commands import app
from services.tariff.engine.decide import ENGINE_VERSION, decide
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.national import load_national_scale
from shared.application import Application, CareType
from shared.canonical import canonical_json
from shared.money import Money
from shared.protocol import saving
from shared.protocol.recording import Decided
from shared.protocol.saving import Move
from shared.states import Status, Step
from shared.store.places import decision_place

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

_ON = date(2026, 9, 1)


@dataclass
class Decisions:
    """A record with decisions in it, and what tests do to them."""

    record: "Record"
    application: Application

    def decide(self, resources: str = "48000.00", **content: Any) -> UUID:
        """One application, decided on those resources; its id."""
        id_ = self.record.enrol(self.application, None, status=Status.VERIFIED)
        [held] = self.record.claim([id_], step=Step.PRICE)
        tariff = load_national_scale().in_force(_ON)
        written = canonical_json({"record": _record(resources), "explanation": [], **content})
        decided = Decided(
            valid_from=_ON,
            proposed=False,
            tariff_id=tariff.id,
            tariff_version=tariff.version,
            tariff_digest=tariff.digest,
            engine_version=ENGINE_VERSION,
            sealed=self.record.key_of(id_).seal(written, place=decision_place(id_)),
        )
        move = Move(id_, held.claim, held.status, Status.DECIDED, decided=decided)
        assert {id_} == saving.save(self.record.engine, [move], actor="service:tariff")
        return id_

    def reference(self, id_: UUID) -> str:
        return str(self.record.one("SELECT reference FROM applications WHERE id = :id", id=id_))

    def intrude(self, statement: str, **values: Any) -> None:
        """Do as who owns the tables could, and no service."""
        with self.record.owner.begin() as connection:
            assert connection.execute(text(statement), values).rowcount > 0


def _record(resources: str) -> dict[str, Any]:
    tariff = load_national_scale().in_force(_ON)
    situation = Situation(
        care_type=CareType.COLLECTIF,
        children=2,
        aeeh_children=0,
        annual_resources=Money.parse(resources),
        contract=Contract(hours=Decimal(1518), instalments=11),
    )
    said = Declared(DeclaredSource.APPLICATION, datetime(2026, 6, 1, 9, tzinfo=UTC))
    fee = decide(situation, tariff, _ON)
    return decision_record(situation, fee, tariff=tariff, on=_ON, evidence=said, application=said)


@pytest.fixture
def decisions(record: "Record", application: Application) -> Decisions:
    return Decisions(record, application)


@pytest.fixture
def berceau(
    migrated: "Database", record: "Record", tmp_path: Path
) -> Callable[..., tuple[int, str]]:
    """Types words after `berceau decision`; the exit code and what is read, spaces plain."""
    ring = tmp_path / "ring.json"
    record.ring.write(ring)
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1/0",
        "BERCEAU_KEY_RING_FILE": str(ring),
    }

    def typed(*words: str) -> tuple[int, str]:
        ended = CliRunner().invoke(app, words, env=env)
        return ended.exit_code, ended.output.replace("\u00a0", " ").replace("\u202f", " ")

    return typed
