"""Listing and showing: what waits is told unopened, and what is opened is written down."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.application import Application
from shared.evidence import EajeFacts
from shared.states import Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record
    from tests.integration.review.conftest import Agents, Proposes

pytestmark = pytest.mark.stack


def _listed(agents: "Agents", *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(agents.berceau("list", "--json", *words).stdout)[
        "waiting"
    ]
    return found


def _rule(agents: "Agents", effect: str, months: int = 2) -> None:
    rules = json.dumps({"silence": {"effect": effect, "months": months}})
    with agents.record.owner.begin() as connection:
        connection.execute(text("UPDATE schemes SET rules = CAST(:r AS jsonb)"), {"r": rules})


def test_the_list_names_nobody_and_is_filtered(agents: "Agents", record: "Record") -> None:
    """By authority, scheme, reason, state and age; what waits for no person is not on it."""
    old = datetime.now(UTC) - timedelta(days=10)
    [proposed] = record.plant(1, status=Status.PROPOSED, reason=Reason.AGENT_VALIDATES)
    [review] = record.plant(1, status=Status.TO_REVIEW, reason=Reason.INCONSISTENT, moved_at=old)
    record.plant(2, status=Status.RECEIVED)
    record.plant(1, status=Status.DECIDED)

    found = {
        words: [one["reference"] for one in _listed(agents, *words)]
        for words in (
            (),
            ("--state", "PROPOSED"),
            ("--reason", "inconsistent"),
            ("--older", "5"),
            ("--authority", "arles", "--scheme", "creches"),
            ("--authority", "ailleurs"),
        )
    }
    first, second = agents.reference(proposed), agents.reference(review)
    both = {first, second}
    assert [both, {first}, {second}, {second}, both, set()] == [set(one) for one in found.values()]
    agents.berceau("list", "--state", "DECIDED", code=2)


def test_pages_follow_one_another_without_end_or_gap(agents: "Agents", record: "Record") -> None:
    """The oldest first, each once."""
    now = datetime.now(UTC)
    for day in range(7):
        record.plant(1, status=Status.TO_REVIEW, received_at=now - timedelta(days=day))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        words = ("--after", after) if after else ()
        page = json.loads(agents.berceau("list", "--json", "--limit", "3", *words).stdout)
        seen += [one["reference"] for one in page["waiting"]]
        after = page["after"]

    query = "SELECT reference FROM applications ORDER BY received_at"
    assert [row.reference for row in record.rows(query)] == seen


def test_what_nears_its_clock_is_found(agents: "Agents", record: "Record") -> None:
    """Also beyond the first page of the record; asked-for pieces are told to stop it."""
    _rule(agents, "rejection")
    now = datetime.now(UTC)
    [near] = record.plant(1, status=Status.TO_REVIEW, received_at=now - timedelta(days=55))
    record.plant(1, status=Status.TO_REVIEW, received_at=now)

    [one] = _listed(agents, "--clock", "10")
    table = agents.berceau("list", "--clock", "10").stdout
    assert agents.reference(near) == one["reference"]
    assert "rejection" == one["silence"]["effect"]
    assert f"rejet dans {one['silence']['days_left']} j" in table


async def test_a_decided_application_has_no_clock(agents: "Agents", propose: "Proposes") -> None:
    """It was answered; what is proposed anew is no answer that is owed."""
    _rule(agents, "rejection")
    id_ = await propose()
    [before] = _listed(agents)
    agents.berceau("validate", agents.reference(id_))
    agents.record.change([id_], status=Status.TO_REVIEW)
    [after] = _listed(agents)

    assert before["silence"] is not None
    assert after["silence"] is None


async def test_an_application_is_opened_for_an_agent(agents: "Agents", propose: "Proposes") -> None:
    """What is asked, certified figures, what is proposed and why; who read it is written down."""
    id_ = await propose()
    said = agents.berceau("show", agents.reference(id_)).stdout
    sheet = json.loads(agents.berceau("show", agents.reference(id_), "--json").stdout)

    assert "48\u202f000,00\u00a0€" == sheet["données certifiées"]["ressources annuelles"]
    assert "2,06\u00a0€ par heure" == sheet["proposition"]["prix"]
    assert "Zoé" in sheet["demande"]["enfant"]
    assert "validation de chaque tarif par un agent" in said
    assert [("shown", None)] * 2 == agents.acts(id_)
    assert [("VERIFIED", "PROPOSED")] == agents.journal(id_)


def _inconsistent(record: "Record", application: Application, facts: EajeFacts) -> UUID:
    other = facts.model_copy(update={"address_line": "9 RUE D'UNE AUTRE FAMILLE"})
    values: dict[str, Any] = {"status": Status.TO_REVIEW, "reason": Reason.INCONSISTENT}
    return record.enrol(application, other, **values, due_at=None)


def test_nothing_of_another_familys_answer_is_shown(
    agents: "Agents", record: "Record", application: Application, facts: EajeFacts
) -> None:
    """The State answered about somebody else: the agent sees what was asked, and no figure."""
    id_ = _inconsistent(record, application, facts)

    said = agents.berceau("show", agents.reference(id_)).stdout

    assert [] == [one for one in ("AUTRE FAMILLE", "48\u202f000", "CERTIFIÉES") if one in said]
    assert "DEMANDE" in said


def test_what_does_not_exist_or_open_is_told(agents: "Agents", record: "Record") -> None:
    """With exit code 1; nothing is written of it."""
    [planted] = record.plant(1, status=Status.TO_REVIEW)

    agents.berceau("show", "7K3F-9QXM-2WT3", code=1)
    said = agents.berceau("show", agents.reference(planted), code=1).output
    assert "rien ne s’ouvre" in said.replace("'", "’")
    assert [] == agents.acts(planted)


async def test_no_output_of_a_refusal_names_anybody(agents: "Agents", propose: "Proposes") -> None:
    """Outcomes are told by reference."""
    id_ = await propose()
    agents.record.change([id_], status=Status.WITHDRAWN)
    said = agents.berceau("validate", agents.reference(id_), code=1).output

    assert [] == [name for name in ("Zoé", "Lô", "Aminata") if name in said]
