"""Deciding: an agent's figures are priced by the engine, and nothing that was decided is rewritten.

Returning: the State asked again, pieces asked for, applications closed.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from services.command.review.figures import Figures
from services.command.review.outcomes import Why
from services.command.review.returning import Again, Wanted, answered, ask, ask_again, close
from services.command.review.validating import Yes, validate
from services.tariff.engine.record import replay
from services.tariff.language.national import load_national_scale
from shared.application import Application, IdentityAssurance
from shared.canonical import canonical_json
from shared.review_acts import ClosedFor, Piece
from shared.states import Reason, Status
from tests.integration.review.conftest import only

if TYPE_CHECKING:
    from tests.integration.conftest import Record
    from tests.integration.review.conftest import Agents, Proposes

pytestmark = pytest.mark.stack

_PAPERS = "children: 2\naeeh_children: 0\nannual_resources: 48000.00\nresources_year: 2019\n"


@pytest.fixture
def waiting(record: "Record", application: Application) -> UUID:
    """An application whose family hands in papers."""
    values: dict[str, Any] = {"status": Status.TO_REVIEW, "reason": Reason.DOCUMENTS_CHOSEN}
    return record.enrol(application, **values, due_at=None)


def _decide(agents: "Agents", id_: UUID, *words: str, code: int = 0) -> str:
    return agents.berceau("decide", agents.reference(id_), *words, code=code).output


def test_papers_are_priced_by_the_engine(agents: "Agents", waiting: UUID) -> None:
    """Whatever their year, an agent read them; the decision says so, and replays to the byte."""
    papers = agents.file("papers.yaml", _PAPERS)
    said = _decide(agents, waiting, "--figures", papers, "--ground", "documents")

    [row] = agents.decisions(waiting)
    content = agents.content(waiting, 1)
    record, envelope = content["record"], content["decision"]
    assert ("by_agent", "fee", False) == (row.mode, row.kind, row.proposed)
    assert (206, 28_428) == (record["fee"]["hourly_cents"], record["fee"]["monthly_cents"])
    assert {"kind": "declared", "source": "agent"} == {
        name: record["inputs"]["children"]["provenance"][name] for name in ("kind", "source")
    }
    assert "command:" in envelope["validated_by"]
    tariff = load_national_scale().in_force(date(2026, 9, 1))
    assert canonical_json(record) == replay(record, tariff)
    assert [("TO_REVIEW", "DECIDED")] == agents.journal(waiting)
    assert [("decided", "documents")] == agents.acts(waiting)
    assert "tarif fixé, à partir du 01/09/2026" in said


def test_what_was_decided_is_told_when_it_is_decided_again(agents: "Agents", waiting: UUID) -> None:
    """Without a new day, the second command changes nothing."""
    papers = agents.file("papers.yaml", _PAPERS)
    words = ("--figures", papers, "--ground", "documents")
    _decide(agents, waiting, *words)

    assert "déjà décidé" in _decide(agents, waiting, *words)
    assert 1 == len(agents.decisions(waiting))


def test_a_later_version_says_why_it_differs(agents: "Agents", waiting: UUID) -> None:
    """It is made from a day on; the same figures make none."""
    first = agents.file("first.yaml", _PAPERS)
    then = agents.file("then.yaml", _PAPERS.replace("48000.00", "24000"))
    _decide(agents, waiting, "--figures", first, "--ground", "documents")
    later = ("--ground", "situation_changed", "--from", "2027-01-01")
    same = _decide(agents, waiting, "--figures", first, *later)
    _decide(agents, waiting, "--figures", then, *later)

    one, two = agents.decisions(waiting)
    assert "rien ne change" in same
    assert (date(2026, 9, 1), date(2027, 1, 1)) == (one.valid_from, two.valid_from)
    assert ["resources"] == two.because
    assert {"version": 1, "price_cents": 206} == {
        name: agents.content(waiting, 2)["decision"]["before"][name]
        for name in ("version", "price_cents")
    }
    assert [("TO_REVIEW", "DECIDED"), ("DECIDED", "TO_REVIEW"), ("TO_REVIEW", "DECIDED")] == (
        agents.journal(waiting)
    )


def test_nothing_may_be_set_with_a_ground(agents: "Agents", waiting: UUID) -> None:
    """No figure is computed, and the decision says why."""
    _decide(agents, waiting, "--no-fee", "resources_unknown", "--ground", "documents")

    [row] = agents.decisions(waiting)
    content = agents.content(waiting, 1)
    assert ("no_fee", "by_agent", "psu") == (row.kind, row.mode, row.tariff_id)
    assert (None, "resources_unknown") == (content["record"], content["decision"]["ground"])


def test_figures_that_do_not_suffice_are_refused_by_name(agents: "Agents", waiting: UUID) -> None:
    """Nothing is decided; a field that is wrong is named with its remedy."""
    short = agents.file("short.yaml", "children: 2\n")
    wrong = agents.file("wrong.yaml", "children: deux\nannual_resources: 48 k€\n")
    words = ("--ground", "documents", "--figures")

    assert "ne suffisent pas" in _decide(agents, waiting, *words, short, code=1)
    told = _decide(agents, waiting, *words, wrong, code=2)
    assert "children : écrivez un nombre entier" in told
    assert "annual_resources : écrivez des euros" in told
    assert "48 k" not in told
    assert [] == agents.decisions(waiting)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--again", "--no-fee", "resources_unknown"),
        ("--no-fee", "resources_unknown"),
        ("--no-fee", "parce que", "--ground", "documents"),
        ("--again", "--from", "demain"),
    ],
)
def test_a_wrong_use_is_told(agents: "Agents", waiting: UUID, words: tuple[str, ...]) -> None:
    """With exit code 2."""
    _decide(agents, waiting, *words, code=2)
    assert (Status.TO_REVIEW, Reason.DOCUMENTS_CHOSEN) == agents.stands(waiting)


def test_a_declared_identity_is_checked_before_an_agent_decides(
    agents: "Agents", record: "Record", application: Application
) -> None:
    """As before a yes."""
    family = application.model_copy(update={"identity_assurance": IdentityAssurance.DECLARED})
    id_ = record.enrol(family, status=Status.TO_REVIEW, due_at=None)
    words = ("--figures", agents.file("papers.yaml", _PAPERS), "--ground", "documents")

    assert "--identity-checked" in _decide(agents, id_, *words, code=1)
    _decide(agents, id_, *words, "--identity-checked")
    assert 1 == len(agents.decisions(id_))


async def test_an_agent_may_overrule_a_proposal(agents: "Agents", propose: "Proposes") -> None:
    """The proposal binds nobody; the agent's figures do."""
    id_ = await propose()
    papers = agents.file("papers.yaml", _PAPERS.replace("48000.00", "24000"))
    _decide(agents, id_, "--figures", papers, "--ground", "corrected_figures")

    assert [True, False] == [one.proposed for one in agents.decisions(id_)]
    assert None is agents.decisions(id_)[1].validates


def test_the_state_is_asked_again_once(agents: "Agents", waiting: UUID) -> None:
    """It is due at once; the second time, it is told that it was asked already."""
    first = only(ask_again(agents.office, waiting, Again()))
    second = only(ask_again(agents.office, waiting, Again()))

    assert [False, False] == [first.refused, second.refused]
    assert "déjà" in second.said
    assert (Status.RECEIVED, None) == agents.stands(waiting)
    assert 1 == agents.record.one("SELECT count(*) FROM applications WHERE due_at <= now()")
    assert [("TO_REVIEW", "RECEIVED")] == agents.journal(waiting)


async def test_a_decision_stays_in_force_while_the_state_is_asked_again(
    agents: "Agents", propose: "Proposes"
) -> None:
    """The next one is asked for from a day on; what was asked for before is over."""
    id_ = await propose()
    validate(agents.office, Yes(versions={id_: 1}))
    agents.record.change([id_], effective_on=date(2020, 1, 1))
    _decide(agents, id_, "--again", "--from", "2027-01-01", "--ground", "situation_changed")

    assert [date(2027, 1, 1)] == agents.record.column("effective_on", [id_])
    assert 2 == len(agents.decisions(id_))
    assert ("again", "situation_changed") == agents.acts(id_)[-1]


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.VERIFIED, Status.WITHDRAWN])
def test_what_no_person_is_waited_for_is_left_alone(
    agents: "Agents", waiting: UUID, status: Status
) -> None:
    """A worker has it, or the family took it back; nothing changes, and it is told why."""
    agents.record.change([waiting], status=status)
    papers = agents.file("papers.yaml", _PAPERS)

    _decide(agents, waiting, "--figures", papers, "--ground", "documents", code=1)
    agents.berceau("close", agents.reference(waiting), "--ground", "duplicate", code=1)
    assert [] == agents.journal(waiting)
    assert [] == agents.acts(waiting)


@pytest.mark.parametrize(
    ("status", "moves"),
    [
        (Status.TO_REVIEW, [("TO_REVIEW", "CLOSED")]),
        (Status.QUARANTINED, [("QUARANTINED", "CLOSED")]),
        (Status.PROPOSED, [("PROPOSED", "TO_REVIEW"), ("TO_REVIEW", "CLOSED")]),
    ],
)
def test_an_application_is_closed_with_a_ground(
    agents: "Agents", waiting: UUID, status: Status, moves: list[tuple[str, str]]
) -> None:
    """Each move is one that there is; the second command changes nothing."""
    agents.record.change([waiting], status=status)
    for _ in range(2):
        agents.berceau("close", agents.reference(waiting), "--ground", "no_place")

    assert moves == agents.journal(waiting)
    assert [("closed", "no_place")] == agents.acts(waiting)


def test_two_agents_who_differ_are_one_after_the_other(
    agents: "Agents", record: "Record", application: Application
) -> None:
    """One closes, the other has the State asked again: whoever is second is told."""
    ids = [record.enrol(application, status=Status.TO_REVIEW, due_at=None) for _ in range(6)]
    together = Barrier(2)

    def close_all() -> list[bool]:
        together.wait()
        return [only(close(agents.office, id_, ClosedFor.DUPLICATE)).refused for id_ in ids]

    def again() -> list[bool]:
        together.wait()
        return [only(ask_again(agents.office, id_, Again())).refused for id_ in ids[::-1]][::-1]

    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in (pool.submit(close_all), pool.submit(again))]

    assert [True] * 6 == [first != second for first, second in zip(*done, strict=True)]
    assert [1] * 6 == [len(agents.journal(id_)) for id_ in ids]


def test_pieces_are_asked_for_once_and_come_once(agents: "Agents", waiting: UUID) -> None:
    """Which ones is sealed; the state does not change; asked anew, they are asked for anew."""
    reference = agents.reference(waiting)
    asking = ("ask", reference, "--piece", "custody", "--piece", "resources", "--days", "10")
    said = [agents.berceau(*asking).stdout for _ in range(2)]
    came = [agents.berceau("ask", reference, "--answered").stdout for _ in range(2)]
    agents.berceau("ask", reference, "--piece", "address")

    assert "un justificatif des ressources du foyer" in said[0]
    assert "déjà demandées" in said[1]
    assert "court de nouveau" in came[0]
    assert "aucune pièce" in came[1]
    assert ["asked", "answered", "asked"] == [act for act, _ in agents.acts(waiting)]
    assert (Status.TO_REVIEW, Reason.DOCUMENTS_CHOSEN) == agents.stands(waiting)
    assert 0 == agents.record.one("SELECT count(*) FROM reviews WHERE ground LIKE '%custody%'")
    agents.berceau("ask", reference, code=2)


def test_pieces_are_asked_for_of_what_is_still_open(agents: "Agents", waiting: UUID) -> None:
    """Whoever has it in hand meanwhile; not once it is over."""
    wanted = Wanted((Piece.ADDRESS,), date(2027, 1, 1))
    agents.record.change([waiting], status=Status.PARKED)
    assert not only(ask(agents.office, waiting, wanted)).refused
    agents.record.change([waiting], status=Status.WITHDRAWN)
    assert Why.WITHDRAWN is only(ask(agents.office, waiting, wanted)).why
    assert not only(answered(agents.office, waiting)).refused


def test_figures_are_read_in_the_words_of_people() -> None:
    """Euros, parts and months; a comma is understood."""
    figures = Figures.model_validate(
        {"income_of_reference": "48 000,5", "parts": "2,5", "quotient_month": "2026-11"}
    )

    assert (4_800_050, 250) == (figures.income_of_reference, figures.parts)
    assert figures.quotient_month is not None
