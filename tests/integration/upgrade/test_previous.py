"""What the previous release makes of this one's words; and a checkout that has no previous one."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from services.command.stack.home import Home
from services.command.stack.ports import HOST, reserve
from services.command.stack.readiness import answers
from services.command.stack.supervisor import Supervisor
from services.intake.reference import mint_reference
from shared.portal_keys import mint_key
from shared.states import Reason, Status
from shared.store.parties import PortalKeyRow
from tests.integration.upgrade import previous

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "upgrade-and-roll-back.md"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The previous release's code."""
    return previous.take_out(tmp_path_factory.mktemp("before"))


@pytest.fixture
def intake(
    code: Path, record: "Record", migrated: "Database", redis_url: str, tmp_path: Path
) -> Iterator[str]:
    """The address of that release's intake, on a record of this one."""
    record.ring.write(tmp_path / "key-ring.json")
    with Supervisor(Home(tmp_path / "home")) as supervisor:
        port = reserve().release()
        env = {
            **{name: value for name, value in os.environ.items() if name[:8] != "BERCEAU_"},
            "BERCEAU_DATABASE_URL": migrated.service_url,
            "BERCEAU_REDIS_URL": redis_url,
            "BERCEAU_KEY_RING_FILE": str(tmp_path / "key-ring.json"),
            "BERCEAU_INTAKE_PORT": str(port),
        }
        program = previous.program(code, "intake", env)
        supervisor.start(replace(program, ready=answers(port, "/healthz")))
        yield f"http://{HOST}:{port}"


def test_a_state_is_read_by_one_release_and_written_by_the_next(code: Path) -> None:
    """No application stands where the previous release does not know what to do with it."""
    assert set(Status) <= previous.words(code, "Status")


def test_the_page_names_what_the_previous_intake_cannot_read(
    code: Path, record: "Record", intake: str
) -> None:
    """All states and reasons are told, but for the reasons that the page says; and it goes on."""
    new = set(Reason) - previous.words(code, "Reason")
    rows = [(Status.TO_REVIEW, reason) for reason in (*sorted(new), *Reason)]
    rows += [(status, None) for status in Status]

    told = _asked(record, intake, rows)

    assert {500} == {status for (_, reason), status in told if reason in new}
    assert {200} == {status for (_, reason), status in told if reason not in new}
    assert [] == [reason for reason in new if f"`{reason}`" not in _PAGE.read_text()]


def _asked(
    record: "Record", intake: str, rows: list[tuple[Status, Reason | None]]
) -> list[tuple[tuple[Status, Reason | None], int]]:
    """How the portal is answered about one application of each state and reason."""
    bearer = {"Authorization": f"Bearer {_key(record)}"}
    with httpx.Client(base_url=intake, headers=bearer, trust_env=False) as client:
        return [
            (row, client.get(f"/v1/applications/{_planted(record, *row)}").status_code)
            for row in rows
        ]


def _key(record: "Record") -> str:
    key, hashed = mint_key()
    portal: UUID = record.founded.portal
    with record.engine.begin() as connection:
        connection.execute(insert(PortalKeyRow), {"portal_id": portal, "key_hash": hashed})
    return key


def _planted(record: "Record", status: Status, reason: Reason | None) -> str:
    columns: dict[str, Any] = {"status": status, "reason": reason, "due_at": None}
    reference = mint_reference()
    record.plant(1, reference=reference, **columns)
    return reference


@pytest.mark.parametrize(
    ("cloned", "on_ci", "ending", "told"),
    [
        (False, True, pytest.skip.Exception, "no git history"),
        (True, True, pytest.fail.Exception, "git fetch --unshallow"),
        (True, False, pytest.skip.Exception, "git fetch --unshallow"),
    ],
)
def test_without_the_history_it_is_told(
    tmp_path: Path, *, cloned: bool, on_ci: bool, ending: type[BaseException], told: str
) -> None:
    """An archive of the sources skips, on CI too; a clone that lacks the commit fails there."""
    if cloned:
        subprocess.run(["/usr/bin/env", "git", "init", "--quiet", str(tmp_path)], check=True)

    with pytest.raises((pytest.skip.Exception, pytest.fail.Exception), match=told) as ended:
        previous.take_out(tmp_path / "code", root=tmp_path, on_ci=on_ci)

    assert ending is ended.type
