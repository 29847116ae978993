"""The how-to of agents, followed to the letter on four applications that wait."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from shared.application import IdentityAssurance
from shared.states import Reason, Status
from tests.integration.following import Follow

if TYPE_CHECKING:
    from tests.integration.review.conftest import Agents, Proposes

_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "settle-what-waits.md"

pytestmark = pytest.mark.stack


async def test_what_waits_is_settled_as_printed(
    follow: Follow, agents: "Agents", propose: "Proposes", tmp_path: Path
) -> None:
    """Each ends as the page says; no figure that was typed stays on the disk."""
    rules = json.dumps({"silence": {"effect": "rejection", "months": 2}})
    with agents.record.owner.begin() as connection:
        connection.execute(text("UPDATE schemes SET rules = CAST(:r AS jsonb)"), {"r": rules})
    ids = {
        "PROPOSED": await propose(),
        "DECLARED": await propose(identity_assurance=IdentityAssurance.DECLARED),
        "PAPERS": await propose(),
        "LOST": await propose(),
    }
    for name, reason in (
        ("PAPERS", Reason.DOCUMENTS_CHOSEN),
        ("LOST", Reason.NOT_IDENTIFIED),
    ):
        agents.record.change([ids[name]], status=Status.TO_REVIEW, reason=reason)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = agents.env | {"PATH": path, "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    work = tmp_path / "work"
    work.mkdir()

    follow(_PAGE, env=env | {n: agents.reference(i) for n, i in ids.items()}, cwd=work)

    assert [Status.DECIDED] * 3 + [Status.RECEIVED] == [agents.stands(i)[0] for i in ids.values()]
    assert [] == list(work.iterdir())
    noe = agents.content(ids["DECLARED"], 2)["decision"]["author"]
    assert "responsable des inscriptions" == noe["function"]
