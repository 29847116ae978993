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
from services.verifier.habilitations import Rights
from shared.protocol import switching
from shared.protocol.pauses import paused
from shared.queue.pace import Pace
from shared.queue.stops import Stops

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
    assert paused(record.engine).ringing
    said = record.one("SELECT reason || ' ' || set_by FROM switches")
    assert said.startswith("campagne arrêtée command:")

    assert berceau("resume", "ringing").exit_code == 0
    assert not paused(record.engine).ringing


def test_a_habilitation_is_paused_by_its_code_for_some_hours(
    record: "Record", berceau: Berceau
) -> None:
    """Until a date, in the record."""
    code = _code(record)
    assert berceau("pause", code, "--reason", "jeton", "--hours", "2").exit_code == 0
    [(habilitation, until)] = paused(record.engine).habilitations.items()
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


@pytest.mark.parametrize(
    ("what", "switch"),
    [
        ("queue:verify.bulk", "queue:verify.bulk"),
        ("endpoint:eaje", "endpoint:eaje"),
        ("provider:api-particulier", "provider:api-particulier"),
        ("provider:dgfip", "provider:dgfip"),
        ("authority:arles", "authority:{authority}"),
        ("habilitation:arles", "habilitation:{habilitation}"),
    ],
)
def test_each_kind_is_paused_and_resumed(
    record: "Record", berceau: Berceau, what: str, switch: str
) -> None:
    """By the names that people know; `status` says which, and how to resume it."""
    founded = record.founded
    assert berceau("pause", what, "--reason", "essai").exit_code == 0
    named = switch.format(authority=founded.authority, habilitation=founded.habilitation)
    assert [named] == [row.name for row in record.rows("SELECT name FROM switches")]
    shown = berceau("status").output
    assert "essai" in shown
    assert f"berceau resume {'arles' if 'habilitation' in what else what}" in " ".join(
        shown.split()
    )

    assert berceau("resume", what).exit_code == 0
    assert [] == record.rows("SELECT name FROM switches")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("queue:verify.slow", "verify.bulk"),
        ("endpoint:caf", "eaje, qf, tax"),
        ("provider:caf", "api-particulier, dgfip"),
        ("authority:nulle-part", "aucune collectivité"),
        ("token:arles", "« endpoint:… »"),
    ],
)
def test_a_name_that_is_not_known_is_told_what_there_is(
    record: "Record", berceau: Berceau, what: str, said: str
) -> None:
    """And nothing is paused; a verifier's own stops are not a person's to set."""
    ended = berceau("pause", what, "--reason", "x")

    assert 2 == ended.exit_code
    assert said in ended.output
    assert [] == record.rows("SELECT name FROM switches")


@pytest.mark.parametrize(
    ("what", "stop"),
    [
        ("arles", "token:{habilitation}:0123456789ab"),
        ("endpoint:eaje", "breaker:eaje"),
        ("provider:api-particulier", "breaker:eaje"),
    ],
)
def test_resuming_ends_what_a_failure_stopped(
    record: "Record", berceau: Berceau, redis_url: str, what: str, stop: str
) -> None:
    """In the record and in Redis: whoever mended the cause need not wait for the next trial."""
    name, soon = (
        stop.format(habilitation=record.founded.habilitation),
        datetime.now(UTC) + timedelta(hours=1),
    )
    switching.pause(record.engine, name, until=soon, reason="Forbidden", by="service:test")
    with Redis.from_url(redis_url) as client:
        Stops(client, namespace="test").stop(name, soon)

        assert berceau("resume", what).exit_code == 0

        assert [] == record.rows("SELECT name FROM switches")
        assert [] == client.keys("test:stopped:*")


def test_the_status_tells_a_refused_token(record: "Record", berceau: Berceau) -> None:
    """First of all, with the habilitation's code and what to do; the doctor says it too."""
    token = Rights(record.engine, record.ring).of(record.founded.habilitation).stop
    soon = datetime.now(UTC) + timedelta(hours=6)
    switching.pause(record.engine, token, until=soon, reason="Forbidden", by="service:test")
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    switching.pause(record.engine, other, until=soon, reason="Forbidden", by="service:test")

    for command in ("status", "doctor"):
        said = " ".join(berceau(command).output.replace("’", "'").split())
        assert 1 == said.count("Le jeton de l'habilitation « arles » est refusé par l'État")
