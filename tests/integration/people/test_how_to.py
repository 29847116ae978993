"""The how-to of the console, followed to the letter in a founded installation."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.people import register
from shared.roles import Role
from tests.integration.following import Follow

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.console_record import Consoles
    from tests.integration.conftest import Record

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "open-the-console.md"

pytestmark = pytest.mark.stack


def test_the_page_runs(
    follow: Follow,
    record: "Record",
    migrated: "Database",
    consoles: "Consoles",
    tmp_path: Path,
) -> None:
    """Two people are added, one is closed again."""
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1",
        "BERCEAU_KEY_RING_FILE": "none",
        "BERCEAU_CONSOLE_URL": "https://veille.ville.example",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "HOME": str(tmp_path),
    }
    follow(_PAGE, env=env, cwd=tmp_path)
    with consoles.at_the_door() as connection:
        known = {one.login: one for one in register.everyone(connection)}

    assert {"awa@ville.example": Role.AGENT, "zoe.lo@ville.example": Role.OPS} == {
        login: one.role for login, one in known.items()
    }
    assert frozenset({record.founded.authority}) == known["awa@ville.example"].authorities
    assert [True, False] == [one.disabled_at is not None for one in known.values()]
