"""`berceau pause` and `berceau resume`: said in the record, heard in Redis."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from redis import Redis
from typer.testing import CliRunner

from services.command.__main__ import app
from shared.protocol import ringing
from shared.queue.pace import Pace

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

Berceau = Callable[..., Any]


@pytest.fixture
def berceau(record: "Record", migrated: "Database", redis_url: str, tmp_path: Path) -> Berceau:
    """Runs the command on the record of the test."""
    record.ring.write(tmp_path / "ring.json")
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_REDIS_NAMESPACE": "test",
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
    }
    return lambda *words: CliRunner().invoke(app, words, env=env)


def test_the_ringing_is_paused_until_it_is_resumed(record: "Record", berceau: Berceau) -> None:
    """With its reason and who did it."""
    assert berceau("pause", "ringing", "--reason", "campagne arrêtée").exit_code == 0
    assert ringing.paused(record.engine).ringing
    said = record.one("SELECT reason || ' ' || set_by FROM switches")
    assert said.startswith("campagne arrêtée command:")

    assert berceau("resume", "ringing").exit_code == 0
    assert not ringing.paused(record.engine).ringing


def test_a_habilitation_is_paused_by_its_code_for_some_hours(
    record: "Record", berceau: Berceau
) -> None:
    """Until a date, in the record."""
    code = _code(record)
    assert berceau("pause", code, "--reason", "jeton", "--hours", "2").exit_code == 0
    [(habilitation, until)] = ringing.paused(record.engine).habilitations.items()
    assert habilitation == record.founded.habilitation
    assert until is not None
    assert timedelta(minutes=119) < until - datetime.now(UTC) <= timedelta(hours=2)


def test_resuming_a_habilitation_is_heard_in_redis(
    record: "Record", berceau: Berceau, redis_url: str
) -> None:
    """The pause that Redis had cached goes with the switch."""
    habilitation: UUID = record.founded.habilitation
    with Redis.from_url(redis_url) as client:
        Pace(client, namespace="test").pause(habilitation, datetime.now(UTC) + timedelta(hours=1))
        assert client.exists(f"test:paused:{habilitation}") == 1

        assert berceau("resume", _code(record)).exit_code == 0

        assert client.exists(f"test:paused:{habilitation}") == 0


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_nobody_knows_is_refused(berceau: Berceau, verb: str) -> None:
    """A typing error pauses nothing in silence."""
    ended = berceau(verb, "rining", *(["--reason", "x"] if verb == "pause" else []))
    assert ended.exit_code == 2
    assert "« rining »" in ended.output


def _code(record: "Record") -> str:
    code: str = record.one("SELECT code FROM habilitations")
    return code
