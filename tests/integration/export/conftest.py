"""Decisions that bind, as workers and agents leave them, and the command that takes them."""

import json
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from shared.application import Application
from shared.canonical import canonical_json
from shared.decisions import DecisionMode
from shared.states import Status
from shared.store.decisions import DecisionRow
from shared.store.places import decision_place

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record


@dataclass
class Decided:
    """A record, and what was decided in it."""

    record: "Record"
    application: Application

    def decide(
        self,
        *contents: dict[str, Any],
        proposed: Container[int] = (),
        mode: DecisionMode = DecisionMode.AUTOMATIC,
        changes: dict[str, Any] | None = None,
        **columns: Any,
    ) -> UUID:
        """One application with a version for each content; those of these numbers are proposed."""
        application = self.application.model_copy(update=changes or {})
        columns = {"status": Status.DECIDED, "due_at": None, **columns}
        id_ = self.record.enrol(application, None, **columns)
        rows = [
            self._row(id_, number, one) | {"proposed": number in proposed, "mode": mode}
            for number, one in enumerate(contents, 1)
        ]
        with self.record.engine.begin() as connection:
            connection.execute(insert(DecisionRow), rows)
        return id_

    def _row(self, id_: UUID, version: int, content: dict[str, Any]) -> dict[str, Any]:
        key, written = self.record.key_of(id_), canonical_json(content)
        said = content["decision"]
        return {
            "application_id": id_,
            "version": version,
            "valid_from": date.fromisoformat(said["valid_from"]),
            "kind": said["kind"],
            "tariff_id": "psu",
            "tariff_version": "2026-01-01",
            "tariff_digest": "sha256:0",
            "engine_version": "1",
            "sealed": key.seal(written, place=decision_place(id_)),
            "sealed_digest": "sha256:0",
        }


@pytest.fixture
def decided(record: "Record", application: Application) -> Decided:
    return Decided(record, application)


@pytest.fixture
def env(migrated: "Database", record: "Record", tmp_path: Path) -> dict[str, str]:
    """The settings of the command."""
    ring = tmp_path / "ring.json"
    record.ring.write(ring)
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1/0",
        "BERCEAU_KEY_RING_FILE": str(ring),
    }


@pytest.fixture
def export(env: dict[str, str], tmp_path: Path) -> Callable[..., Result]:
    """Types words after `berceau export decisions`, for Arles, into out.json."""

    def typed(*words: str) -> Result:
        given = ["--authority", "arles", "--format", "json", "--output", str(tmp_path / "out.json")]
        return CliRunner(env=env).invoke(app, ["export", "decisions", *given, *words])

    return typed


@pytest.fixture
def exported(export: Callable[..., Result], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """What an export holds."""

    def read(*words: str) -> dict[str, Any]:
        ended = export(*words)
        assert 0 == ended.exit_code, ended.output
        content: dict[str, Any] = json.loads((tmp_path / "out.json").read_text("utf-8"))
        return content

    return read
