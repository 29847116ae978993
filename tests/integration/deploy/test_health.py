"""`berceau health`: what a container engine or a person asks of one service."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from typer import Typer
from typer.testing import CliRunner

from services.command.health import Watched, health
from services.command.stack.ports import HOST, reserve
from services.scheduler.presence import Presence
from shared.protocol import lives
from shared.protocol.tempo import Tempo
from shared.sealing import KeyRing
from shared.store.engine import open_engine

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_RECORDED = (Watched.VERIFIER, Watched.TARIFF, Watched.SCHEDULER)
_LIFE = timedelta(seconds=6)


@pytest.fixture
def variables(migrated: "Database", redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of an installation where nothing is started."""
    KeyRing.new("test").write(tmp_path / "ring.json")
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
        "BERCEAU_INTAKE_PORT": str(reserve().release()),
        "BERCEAU_DRAIN_S": "0",
        "BERCEAU_CONSOLE_HOST": "0.0.0.0",  # noqa: S104  # as in a container
        "BERCEAU_CONSOLE_PORT": str(reserve().release()),
    }


def _asked(service: str, variables: dict[str, str]) -> tuple[int, str]:
    app = Typer()
    app.command()(health)
    ended = CliRunner().invoke(app, [service], env=variables)
    return ended.exit_code, ended.output


@pytest.mark.parametrize("service", Watched)
def test_what_is_not_started_is_not_well(service: Watched, variables: dict[str, str]) -> None:
    """Exit code 1 and one line that says who."""
    code, line = _asked(service, variables)

    assert 1 == code
    assert line.startswith(f"{service} : ")
    assert 1 == len(line.splitlines())


@pytest.mark.parametrize("service", _RECORDED)
def test_a_record_out_of_reach_is_told(service: Watched, variables: dict[str, str]) -> None:
    """No traceback, no address, no password."""
    nowhere = "postgresql+psycopg://x:secret@127.0.0.1:1/none"

    code, line = _asked(service, {**variables, "BERCEAU_DATABASE_URL": nowhere})

    assert 1 == code
    assert f"{service} : PostgreSQL ne répond pas, ou n'a pas encore ses tables\n" == line


@pytest.mark.parametrize("service", _RECORDED)
def test_a_life_here_is_health(
    service: Watched, record: "Record", variables: dict[str, str]
) -> None:
    """Its own, alive, on this host: another's, a dead one or one elsewhere does not count."""
    lives.be_born(record.engine, service="another", life=_LIFE)
    lives.die(record.engine, lives.be_born(record.engine, service=service, life=_LIFE))
    elsewhere = lives.be_born(record.engine, service=service, life=_LIFE)
    _move(record, elsewhere, host="elsewhere")
    before, _ = _asked(service, variables)
    _move(record, elsewhere, host=socket.gethostname())
    after, line = _asked(service, variables)

    assert (1, 0) == (before, after)
    assert f"{service} : en état\n" == line


def _move(record: "Record", worker: object, *, host: str) -> None:
    with record.owner.begin() as connection:
        change = text("UPDATE workers SET host = :host WHERE id = :id")
        connection.execute(change, {"host": host, "id": worker})


@pytest.fixture
def process(
    request: pytest.FixtureRequest, variables: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A service, started as in production."""
    argv = [sys.executable, "-m", "services.command", request.param]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("BERCEAU_")}
    started = subprocess.Popen(argv, env={**inherited, **variables}, stderr=subprocess.DEVNULL)
    yield started
    started.kill()
    started.wait()


@pytest.mark.parametrize("process", Watched, indirect=True)
def test_each_service_becomes_well_and_is_missed_once_stopped(
    request: pytest.FixtureRequest, process: subprocess.Popen[bytes], variables: dict[str, str]
) -> None:
    """The answer is 0 while it runs, 1 as soon as it has stopped, with nothing to wait for."""
    service = request.node.callspec.params["process"]
    _until_well(service, variables)
    process.send_signal(signal.SIGTERM)
    ended = process.wait(15)
    after, _ = _asked(service, variables)

    assert (0, 1) == (ended, after)


def _until_well(service: str, variables: dict[str, str], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while _asked(service, variables)[0] != 0:
        assert time.monotonic() < deadline, f"{service} never became well"
        time.sleep(0.1)


def test_an_intake_that_is_not_ready_is_not_well(
    variables: dict[str, str], database: "Database"
) -> None:
    """It runs and answers, but its database has no tables: no portal should be sent to it."""
    empty = {**variables, "BERCEAU_DATABASE_URL": database.service_url}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("BERCEAU_")}
    argv = [sys.executable, "-m", "services.intake"]
    started = subprocess.Popen(argv, env={**inherited, **empty}, stderr=subprocess.DEVNULL)
    try:
        _until_listening(int(empty["BERCEAU_INTAKE_PORT"]))
        assert (1, "intake : répond 503 à /readyz\n") == _asked("intake", empty)
    finally:
        started.kill()
        started.wait()


def _until_listening(port: int, *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while True:
        try:
            return socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "it never listened"
            time.sleep(0.05)


def test_a_scheduler_that_hangs_is_silent(record: "Record") -> None:
    """Its row lives while it beats, is born again when it was thought dead, and ends with it."""
    now = [0.0]
    presence = Presence(record.engine, service="scheduler", tempo=Tempo(), clock=lambda: now[0])
    alive = "SELECT count(*) FROM workers WHERE service = 'scheduler' AND alive_until > now()"
    seen = [record.one(alive)]
    presence.beat()
    seen.append(record.one(alive))
    with record.owner.begin() as connection:
        connection.execute(text("UPDATE workers SET alive_until = now()"))
    presence.beat()  # too soon
    seen.append(record.one(alive))
    now[0] = 2.0
    presence.beat()
    seen.append(record.one(alive))
    presence.end()
    seen.append(record.one(alive))

    assert [0, 1, 0, 1, 0] == seen


def test_a_beat_without_a_record_costs_nothing() -> None:
    """The scheduler goes on ticking, and beats again when the record is back."""
    nowhere = open_engine("postgresql+psycopg://x@127.0.0.1:1/none", name="test", connections=1)
    presence = Presence(nowhere, service="scheduler", tempo=Tempo())
    presence.beat()
    presence.end()
