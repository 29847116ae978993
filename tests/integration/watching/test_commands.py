"""`berceau status`, `berceau doctor` and the console as a person starts them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from typer import Typer
from typer.testing import CliRunner

from services.command.doctor import doctor
from services.command.stack.ports import HOST, reserve
from services.command.status import status
from shared.people import register, sessions
from shared.roles import Role
from shared.states import Reason, Status

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.watching.conftest import Stand

_START_WITHIN_S = 20.0


@pytest.fixture
def variables(
    stand: "Stand", migrated: "Database", redis_url: str, tmp_path: Path
) -> dict[str, str]:
    """The settings of an installation that is founded and stands still."""
    stand.ring.write(tmp_path / "trousseau.json")
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "trousseau.json"),
    }


def _invoke(
    command: Callable[..., None], variables: dict[str, str], *words: str
) -> tuple[int, str]:
    app = Typer()
    app.command()(command)
    ended = CliRunner().invoke(app, words, env=variables)
    return ended.exit_code, ended.output


def test_status_prints_figures_or_json(stand: "Stand", variables: dict[str, str]) -> None:
    """The same figures for a person and for a machine."""
    stand.plant(3)

    code, text = _invoke(status, variables)
    _, line = _invoke(status, variables, "--json")

    assert 0 == code
    assert "Aucun vérificateur vivant alors que 3 dossiers sont dus." in text
    assert 3 == json.loads(line)["queues"][0]["due"]


def test_status_without_a_record_ends_in_2(variables: dict[str, str]) -> None:
    """No traceback, no address, no password: a sentence."""
    nowhere = "postgresql+psycopg://x:secret@127.0.0.1:1/none"

    code, text = _invoke(status, {**variables, "BERCEAU_DATABASE_URL": nowhere})

    assert 2 == code
    assert text.startswith("PostgreSQL ne répond pas")
    assert "secret" not in text


def test_doctor_ends_in_1_when_something_is_broken(
    stand: "Stand", variables: dict[str, str], tmp_path: Path
) -> None:
    """Warnings end in 0; a key ring open to others ends in 1, with what to type."""
    stand.worker("verifier")
    stand.worker("tariff")
    sound, _ = _invoke(doctor, variables)
    (tmp_path / "trousseau.json").chmod(0o644)
    broken, line = _invoke(doctor, variables, "--json")

    assert (0, 1) == (sound, broken)
    assert ["✗"] == [one["mark"] for one in json.loads(line) if "0644" in one["what"]]


@pytest.fixture
def console(variables: dict[str, str]) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The console as its own process, and where it is."""
    port = reserve().release()
    environ = {**os.environ, **variables, "BERCEAU_CONSOLE_PORT": str(port)}
    command = [sys.executable, "-m", "services.console"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
    try:
        _wait_for(f"http://{HOST}:{port}/healthz")
        yield f"http://{HOST}:{port}", process
    finally:
        process.kill()
        process.communicate()


def _wait_for(url: str) -> None:
    end = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < end:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{url} did not answer")


def _session(stand: "Stand") -> dict[str, str]:
    """The cookie of somebody who is signed in, and reaches every authority."""
    with stand.engine.begin() as connection:
        newcomer = register.Newcomer("zoe", "Zoé Essai", Role.OPS, None)
        person = register.add(connection, newcomer, by="test")
        token = sessions.begin(connection, person, means="link", now=datetime.now(UTC))
    return {"berceau-session": token}


@pytest.mark.stack
def test_the_console_shows_the_record_and_logs_no_request(
    stand: "Stand", console: tuple[str, "subprocess.Popen[str]"]
) -> None:
    """Figures and a timeline over HTTP, from its composition root; what is typed is not logged."""
    url, process = console
    (one,) = stand.plant(status=Status.PARKED, reason=Reason.NO_FILE)
    stand.tell(one, {"actor": "portal:arles", "was": None, "now": Status.RECEIVED})

    with httpx.Client(base_url=url, cookies=_session(stand)) as page:
        figures = page.get("/")
        timeline = page.get("/dossiers/TEST-0001")
        head = page.head("/")
        page.get("/dossiers", params={"reference": "Marchetti"})
    process.terminate()
    _, logged = process.communicate(timeout=10)

    assert [200, 200, 200] == [figures.status_code, timeline.status_code, head.status_code]
    assert "pas encore de dossier à la caisse" in figures.text
    assert "Chaque ligne du journal suit bien la précédente." in timeline.text
    assert ("Marchetti" in logged, "TEST-0001" in logged) == (False, False)
