"""The page on backup and restore, run from its text: everything is lost, and comes back."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from services.command.demo.incidents import incidents
from services.command.demo.verdict import Verdict
from services.command.running import Choices
from services.command.stack import roles
from services.command.stack.binaries import binaries
from tests.integration.following import Follow, read
from tests.integration.upgrade.systemctl import Systemctl, programs_of
from tests.integration.upgrade.town import Town

if TYPE_CHECKING:
    from services.command.stack.postgres import EmbeddedPostgres
    from tests.integration.upgrade.conftest import Start

pytestmark = pytest.mark.stack

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "back-up-and-restore.md"
_SETTLED, _BACKED_UP, _ALL = 12, 18, 24


def test_the_page_brings_everything_back(start: "Start", tmp_path: Path, follow: Follow) -> None:
    """What was backed up is there and ends as it should; what was lost is sent again, and taken."""
    with start(Choices(population=_ALL)) as stack:
        town, programs = Town(stack), programs_of(stack)
        town.hand_in(_SETTLED, settle_within_s=60)
        stack.supervisor.stop("verifier")  # some are handed in, rung, and not begun
        backed_up = town.hand_in(_BACKED_UP, settle_within_s=3)
        systemctl = Systemctl(
            stack,
            tmp_path,
            lambda: programs,
            before_stop=lambda: _work_goes_on(town),
            after_stop=town.lose_everything,
        )
        env = town.settings(tmp_path, systemctl.install())

        systemctl.serve(lambda: follow(_PAGE, env=env, cwd=tmp_path))
        verdict = town.hand_in(_ALL, settle_within_s=60)

        assert ["stop", "start"] == systemctl.asked
        assert 0 == (tmp_path / "berceau.dump").stat().st_mode & 0o077
        assert (0, 0) == (verdict.lost, verdict.wrong)
        assert _references(backed_up) == _references(verdict)[:_BACKED_UP]
        assert _ALL == town.count("SELECT count(*) FROM applications")
        assert 0 == town.count("SELECT count(*) FROM applications WHERE claim IS NOT NULL")
        assert (0, 0) == (town.doorbells(), town.broken_doorbells())
        assert [] == incidents(stack.supervisor.events, stack.home.logs)


@pytest.fixture
def damaged(postgres: "EmbeddedPostgres", _template: str) -> Iterator[str]:
    """A server that lost nothing but its content: the database is there, and so is the role,
    which its owner's first migration made."""
    superuser = postgres.superuser_url
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS berceau_before")
        if "berceau" not in _databases(superuser):
            roles.create_database(superuser, "berceau")
        yield superuser
        connection.execute("ALTER DATABASE berceau_before RENAME TO berceau")


def test_what_is_left_of_the_old_database_is_set_aside(damaged: str, tmp_path: Path) -> None:
    """The page's lines for any server: on the old one nothing is dropped, and twice is once."""
    lines = [told.command for told in read(_PAGE) if "gexec" in told.command]
    url = make_url(damaged)
    env = {
        "PATH": os.pathsep.join([str(binaries(tmp_path, None)), os.environ["PATH"]]),
        "PGHOST": str(url.host),
        "PGPORT": str(url.port),
        "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password),
    }

    for line in [*lines, *lines]:
        as_superuser = line.replace("--username=berceau_owner", "")
        subprocess.run(["/bin/bash", "-c", as_superuser], env=env, check=True)

    assert 2 == len(lines)
    assert {"berceau_before"} == _databases(damaged) & {"berceau", "berceau_before"}


def _databases(superuser: str) -> set[str]:
    with psycopg.connect(superuser) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def _work_goes_on(town: Town) -> None:
    """Since the backup Redis has forgotten, and rings for applications that no dump knows."""
    town.flush()
    town.hand_in(_ALL, settle_within_s=3)

    assert town.doorbells() > 0


def _references(verdict: Verdict) -> list[str | None]:
    return [case.reference for case in verdict.cases]
