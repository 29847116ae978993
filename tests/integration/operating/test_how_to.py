"""The how-to of who watches the queues, followed to the letter after a night's failure."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.command.ops.desk import OpsDesk
from services.command.ops.indexing import index_names
from shared.application import Application
from shared.blind_names import IndexKeys
from shared.protocol.operating import carrying
from shared.states import Reason, Status
from tests.integration.following import Follow

if TYPE_CHECKING:
    from tests.integration.conftest import Record

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "act-on-many-applications.md"

pytestmark = pytest.mark.stack


def test_many_are_acted_on_as_printed(
    follow: Follow,
    record: "Record",
    application: Application,
    variables: dict[str, str],
    tmp_path: Path,
) -> None:
    """One is released, forty are retried, a family is found."""
    later = datetime.now(UTC) + timedelta(hours=6)
    parked = {"status": Status.PARKED, "reason": Reason.PROVIDER_UNAVAILABLE, "due_at": later}
    record.plant(40, **parked)
    aside = {"status": Status.QUARANTINED, "reason": Reason.NEVER_FINISHED, "due_at": None}
    poison, _ = record.plant(2, **aside, starts=5)
    record.enrol(application, status=Status.DECIDED, due_at=None)
    keys = IndexKeys.read(Path(variables["BERCEAU_INDEX_KEY_FILE"]))
    desk = OpsDesk(record.engine, None, "command:test")  # type: ignore[arg-type]
    index_names(desk, record.ring, keys)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = variables | {"PATH": path, "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    work = tmp_path / "work"
    work.mkdir()

    follow(_PAGE, env=env | {"POISON": record.reference_of(poison)}, cwd=work)

    assert [Status.RECEIVED] == record.column("status", [poison])
    assert 40 == carrying.carry(record.engine).done
    assert [] == list(work.iterdir())
