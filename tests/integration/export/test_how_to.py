"""The how-to of exports, followed to the letter on a town with three decisions."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.decided_families import content, envelope, psu_record
from tests.integration.following import Follow
from tests.integration.intake_process import running

if TYPE_CHECKING:
    from tests.integration.export.conftest import Decided

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "export-decisions.md"

pytestmark = pytest.mark.stack


def test_decisions_are_exported_as_printed(
    follow: Follow, decided: "Decided", env: dict[str, str], redis_url: str, tmp_path: Path
) -> None:
    """Files that we alone read, a page over HTTP, and a line for each export by command."""
    autumn, winter = (
        content(envelope(valid_from=day), psu_record(on=day))
        for day in (date(2026, 9, 1), date(2026, 12, 15))
    )
    decided.decide(autumn, winter)
    decided.decide(autumn)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env |= {"PATH": path, "LANG": "C.UTF-8", "HOME": str(tmp_path), "BERCEAU_REDIS_URL": redis_url}
    work = tmp_path / "work"
    work.mkdir()

    with running(env) as intake:
        follow(_PAGE, env=env | {"INTAKE": intake}, cwd=work)

    assert ["arles.csv", "decembre.csv", "mesanges.json", "novembre.csv"] == sorted(
        one.name for one in work.iterdir()
    )
    assert 4 == decided.record.one("SELECT count(*) FROM changes WHERE kind = 'export'")
