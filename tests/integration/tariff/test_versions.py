"""Versions on a real record: priced again, an application keeps its past and gains a version."""

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from services.tariff.parties import Parties
from services.tariff.versions import first_of_next_month
from services.tariff.work import Price
from shared.application import Application
from shared.decisions import Change, Envelope
from shared.evidence import EajeFacts
from shared.paris import day_in_paris
from shared.protocol import saving
from shared.review_acts import ReviewAct
from shared.states import Reason, Status, Step
from shared.store.campaigns import CampaignRow
from shared.store.places import decision_place, evidence_place
from shared.store.reviews import ReviewRow
from shared.store.tables import VerificationRow

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_START = date(2026, 2, 1)


class _OnePeriod:
    """The tariff of 2026, for ever: what changes in these tests is the family."""

    def scale(self, _tariff_id: str) -> Scale:
        tariff = load_national_scale().in_force(_START)
        return Scale((tariff.model_copy(update={"valid_to": None}),))


def _next_month() -> date:
    return first_of_next_month(day_in_paris(datetime.now(UTC)))


def _enrolled(record: "Record", application: Application, facts: EajeFacts) -> UUID:
    """In care since February 2026."""
    care = application.care.model_copy(update={"start": _START})
    family = application.model_copy(update={"care": care})
    return record.enrol(family, facts, status=Status.VERIFIED)


async def _step(record: "Record", id_: UUID) -> None:
    """Claim, price, save."""
    [held] = record.claim([id_], step=Step.PRICE)
    price = Price(ring=record.ring, scales=_OnePeriod(), parties=Parties(record.engine))
    move = await price(held)
    assert {id_} == saving.save(record.engine, [move], actor="service:tariff")


def _again(record: "Record", id_: UUID, **columns: Any) -> None:
    """Opened again, as an agent or a campaign does."""
    record.change([id_], status=Status.VERIFIED, due_at=datetime.now(UTC), reason=None, **columns)


def _learn(record: "Record", id_: UUID, facts: EajeFacts) -> None:
    """The State certifies other figures."""
    key, values = record.key_of(id_), {"application_id": id_, "outcome": "Certified"}
    sealed = key.seal(facts.model_dump_json().encode(), place=evidence_place(id_))
    values |= {"source": facts.provenance.source, "fetched_at": facts.provenance.fetched_at}
    with record.engine.begin() as connection:
        connection.execute(insert(VerificationRow), values | {"sealed": sealed})


def _versions(record: "Record", id_: UUID) -> list[tuple[int, date, Envelope]]:
    rows = record.rows(
        "SELECT * FROM decisions WHERE application_id = :id ORDER BY version", id=id_
    )
    key, place = record.key_of(id_), decision_place(id_)
    return [(row.version, row.valid_from, _said(key.open(row.sealed, place=place))) for row in rows]


def _said(content: bytes) -> Envelope:
    return Envelope.model_validate(json.loads(content)["decision"])


def _standing(record: "Record", id_: UUID) -> tuple[str, str | None]:
    [row] = record.rows("SELECT status, reason FROM applications WHERE id = :id", id=id_)
    return row.status, row.reason


async def test_when_nothing_differs_no_version_is_written(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """The journal tells that it was priced again; the decision stays."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)
    _learn(record, id_, facts)
    _again(record, id_, effective_on=_START)
    await _step(record, id_)

    assert [(1, _START)] == [one[:2] for one in _versions(record, id_)]
    assert (Status.DECIDED, Reason.NOTHING_CHANGED) == _standing(record, id_)
    assert [None, "nothing_changed"] == [
        row.reason for row in record.rows("SELECT reason FROM journal ORDER BY sequence")
    ]


async def test_dearer_holds_from_next_month_and_says_why(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Whatever day was asked for."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)
    _learn(record, id_, facts.model_copy(update={"annual_resources_cents": 6_000_000}))
    _again(record, id_, effective_on=_START)
    await _step(record, id_)

    [first, (number, valid_from, told)] = _versions(record, id_)
    assert (1, _START) == first[:2]
    assert (2, _next_month()) == (number, valid_from)
    assert (Change.RESOURCES,) == told.because
    assert told.before is not None
    assert (1, _START, 206) == (
        told.before.version,
        told.before.valid_from,
        told.before.price_cents,
    )
    assert told.difference is None


@pytest.mark.parametrize("ground", ["cheaper", "agent", "campaign"])
async def test_earlier_is_for_the_family_or_for_an_agent_with_a_ground(
    record: "Record", application: Application, facts: EajeFacts, ground: str
) -> None:
    """Then the months past are owed, by one or by the other."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)
    resources = 3_600_000 if ground == "cheaper" else 6_000_000
    _learn(record, id_, facts.model_copy(update={"annual_resources_cents": resources}))
    if ground == "agent":
        _review(record, id_)
    campaign = _campaign(record) if ground == "campaign" else None
    _again(record, id_, effective_on=date(2026, 3, 1), campaign_id=campaign)
    await _step(record, id_)

    [_, (_, valid_from, told)] = _versions(record, id_)
    assert date(2026, 3, 1) == valid_from
    assert told.difference is not None
    assert told.difference.owed_cents is not None
    assert (ground == "cheaper") == (told.difference.owed_cents < 0)
    assert ("janvier-2026" if campaign else None) == told.campaign


async def test_asking_for_papers_is_no_ground(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Only an agent who has it asked again gives one, and only since the last decision."""
    id_ = _enrolled(record, application, facts)
    _review(record, id_)
    await _step(record, id_)
    _learn(record, id_, facts.model_copy(update={"annual_resources_cents": 6_000_000}))
    _review(record, id_, ReviewAct.ASKED)
    _again(record, id_, effective_on=date(2026, 3, 1))
    await _step(record, id_)

    assert _next_month() == _versions(record, id_)[-1][1]


async def test_a_later_version_that_is_ended_is_priced_anew(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """One from next month was there, of a campaign; a cheaper one from March comes after it."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)
    _learn(record, id_, facts.model_copy(update={"annual_resources_cents": 6_000_000}))
    _again(record, id_)
    await _step(record, id_)
    _learn(record, id_, facts.model_copy(update={"annual_resources_cents": 3_600_000}))
    _again(record, id_, effective_on=date(2026, 3, 1))
    await _step(record, id_)

    assert (Status.VERIFIED, None) == _standing(record, id_)
    assert _next_month() == record.one("SELECT effective_on FROM applications")
    await _step(record, id_)

    assert (Status.DECIDED, None) == _standing(record, id_)
    assert [(1, _START), (2, _next_month()), (3, date(2026, 3, 1))] == [
        one[:2] for one in _versions(record, id_)
    ]
    assert [
        ("VERIFIED", "DECIDED"),
        ("DECIDED", "VERIFIED"),
        ("VERIFIED", "DECIDED"),
    ] == [tuple(row) for row in record.rows("SELECT was, now FROM journal ORDER BY sequence")][-3:]


async def test_a_campaign_of_drafts_proposes(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Agents say yes by batch; the decision in force stays meanwhile."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)
    _learn(record, id_, facts.model_copy(update={"annual_resources_cents": 6_000_000}))
    campaign = _campaign(record, drafts=True)
    _again(record, id_, effective_on=date(2027, 1, 1), campaign_id=campaign)
    await _step(record, id_)

    assert (Status.PROPOSED, Reason.AGENT_VALIDATES) == _standing(record, id_)
    [row] = record.rows("SELECT proposed, campaign_id, because FROM decisions WHERE version = 2")
    assert (True, campaign, ["resources"]) == tuple(row)


async def test_what_changed_of_a_disability_stays_in_the_seal(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Outside of it, the children changed: the AEEH is health data."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)
    _learn(record, id_, facts.model_copy(update={"aeeh_children": 1}))
    _again(record, id_)
    await _step(record, id_)

    [row] = record.rows("SELECT because FROM decisions WHERE version = 2")
    told = _versions(record, id_)[-1][-1]
    assert ["children"] == row.because
    assert (Change.DISABILITY,) == told.because


def _campaign(record: "Record", *, drafts: bool = False) -> UUID:
    id_ = uuid4()
    values = {
        "id": id_,
        "code": "janvier-2026",
        "authority_id": record.founded.authority,
        "scheme_id": record.founded.scheme,
        "kind": "repricing",
        "state": "running",
        "drafts": drafts,
        "total": 1,
        "started_by": "command:essai",
    }
    with record.engine.begin() as connection:
        connection.execute(insert(CampaignRow), values)
    return id_


def _review(record: "Record", id_: UUID, act: ReviewAct = ReviewAct.AGAIN) -> None:
    values = {"application_id": id_, "act": act, "at": datetime.now(UTC)}
    with record.engine.begin() as connection:
        connection.execute(insert(ReviewRow), values | {"actor": "agent:1", "ground": "error"})
