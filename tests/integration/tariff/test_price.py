"""The tariff's step on a real record: sealed facts in, a sealed decision out."""

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.tariff.engine.record import replay
from services.tariff.explanation.explain import explain
from services.tariff.language.national import load_national_scale
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from shared.application import Application, IdentityAssurance
from shared.canonical import canonical_json
from shared.decisions import DecisionKind, DecisionMode, Envelope
from shared.errors import SealingError
from shared.evidence import EajeFacts
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.sealing import KeyRing
from shared.states import Reason, Status, Step
from shared.store.places import decision_place

if TYPE_CHECKING:
    from services.command.founding import Founded
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack


def _price(record: "Record", ring: KeyRing | None = None) -> Price:
    return Price(
        ring=ring or record.ring, scales=Shelf(record.engine), parties=Parties(record.engine)
    )


def _enrolled(
    record: "Record",
    application: Application,
    facts: EajeFacts | None,
    founded: "Founded | None" = None,
) -> UUID:
    """An application of this scheme, verified, whose fee is due."""
    scheme = (founded or record.founded).scheme
    return record.enrol(application, facts, status=Status.VERIFIED, scheme_id=scheme)


def _held(record: "Record", id_: UUID) -> Held:
    [held] = record.claim([id_], step=Step.PRICE)
    return held


async def _step(record: "Record", id_: UUID) -> tuple[Status, Reason | None]:
    """Claim, price, save; where the application then stands."""
    move = await _price(record)(_held(record, id_))
    assert {id_} == saving.save(record.engine, [move], actor="service:tariff")
    [row] = record.rows("SELECT status, reason, due_at FROM applications WHERE id = :id", id=id_)
    assert row.due_at is None
    return Status(row.status), row.reason and Reason(row.reason)


def _decision(record: "Record", id_: UUID) -> tuple[Any, dict[str, Any]]:
    """The only decision of an application, and its content."""
    [row] = record.rows("SELECT * FROM decisions WHERE application_id = :id", id=id_)
    content = record.key_of(id_).open(row.sealed, place=decision_place(id_))
    return row, json.loads(content)


async def test_a_decision_is_sealed_and_replays(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """From the record alone, to the byte; its explanation is that of the record."""
    id_ = _enrolled(record, application, facts)
    assert (Status.DECIDED, None) == await _step(record, id_)

    row, content = _decision(record, id_)
    tariff = load_national_scale().in_force(date(2026, 9, 1))
    assert canonical_json(content["record"]) == replay(content["record"], tariff)
    assert list(explain(content["record"])) == content["explanation"]
    assert (206, 28_428) == (
        content["record"]["fee"]["hourly_cents"],
        content["record"]["fee"]["monthly_cents"],
    )
    assert (1, date(2026, 9, 1), False) == (row.version, row.valid_from, row.proposed)
    assert (tariff.id, tariff.version, tariff.digest) == (
        row.tariff_id,
        row.tariff_version,
        row.tariff_digest,
    )
    assert content["record"]["engine"] == row.engine_version


async def test_the_journal_holds_the_digest_of_what_was_sealed(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """So that a decision that was changed would show."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)

    row, _ = _decision(record, id_)
    assert row.sealed_digest == record.one("SELECT evidence FROM journal")


@pytest.mark.parametrize(
    ("ground", "assurance", "aeeh", "reason"),
    [
        ("Essai.", IdentityAssurance.FRANCECONNECT, 0, None),
        ("Essai.", IdentityAssurance.CHECKED_BY_PORTAL, 0, None),
        ("Essai.", IdentityAssurance.FRANCECONNECT, 1, Reason.DISABILITY_COUNTED),
        ("Essai.", IdentityAssurance.DECLARED, 0, Reason.IDENTITY_UNCHECKED),
        ("Essai.", IdentityAssurance.DECLARED, 1, Reason.IDENTITY_UNCHECKED),
        (None, IdentityAssurance.FRANCECONNECT, 0, Reason.AGENT_VALIDATES),
        (None, IdentityAssurance.DECLARED, 1, Reason.AGENT_VALIDATES),
    ],
)
async def test_a_fee_stands_or_waits_for_a_yes(
    record: "Record",
    application: Application,
    facts: EajeFacts,
    *,
    ground: str | None,
    assurance: IdentityAssurance,
    aeeh: int,
    reason: Reason | None,
) -> None:
    """The scheme, the identity, the AEEH; a proposal is priced all the same, and says so."""
    family = application.model_copy(update={"identity_assurance": assurance})
    counted = facts.model_copy(update={"aeeh_children": aeeh})
    id_ = _enrolled(record, family, counted, record.found_another("ici", automatic_ground=ground))

    stands = await _step(record, id_)

    row, content = _decision(record, id_)
    assert (Status.PROPOSED if reason else Status.DECIDED, reason) == stands
    assert row.proposed == (reason is not None)
    assert content["record"]["fee"]["hourly_cents"] == (165 if aeeh else 206)


@pytest.mark.parametrize(
    ("changes", "start", "reason"),
    [
        ({"annual_resources_cents": None, "aeeh_children": 3}, None, Reason.RESOURCES_UNKNOWN),
        ({"aeeh_children": 3, "resources_year": 2020}, None, Reason.DISABILITY_EXCEEDS_CHILDREN),
        ({"resources_year": 2020, "child_listed": False}, None, Reason.DOUBTFUL_YEAR),
        ({"child_listed": False}, date(2016, 9, 1), Reason.CHILD_NOT_LISTED),
        ({}, date(2016, 12, 31), Reason.TARIFF_MISSING),
    ],
)
async def test_what_is_doubtful_goes_to_a_person_unpriced(
    record: "Record",
    application: Application,
    facts: EajeFacts,
    *,
    changes: dict[str, Any],
    start: date | None,
    reason: Reason,
) -> None:
    """In the order of the doubts, and without a decision."""
    care = application.care.model_copy(update={"start": start or application.care.start})
    family = application.model_copy(update={"care": care})
    id_ = _enrolled(record, family, facts.model_copy(update=changes))

    assert (Status.TO_REVIEW, reason) == await _step(record, id_)
    assert 0 == record.one("SELECT count(*) FROM decisions")


async def test_without_evidence_nothing_is_priced(
    record: "Record", application: Application
) -> None:
    """Nobody certified anything: the resources are unknown."""
    id_ = _enrolled(record, application, None)

    assert (Status.TO_REVIEW, Reason.RESOURCES_UNKNOWN) == await _step(record, id_)


async def test_a_wrong_ring_prices_nothing(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """It opens neither the application nor its evidence."""
    held = _held(record, _enrolled(record, application, facts))

    with pytest.raises(SealingError):
        await _price(record, KeyRing.new("test"))(held)


async def test_nothing_is_decided_twice(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """A worker that lost its claim, saves again or comes late adds no second decision."""
    id_ = _enrolled(record, application, facts)
    late = _held(record, id_)
    record.change([id_], claim=None, claimed_by=None, claimed_at=None, starts=0)
    held = _held(record, id_)
    assert [] == record.claim([id_], step=Step.PRICE)
    moves = [await _price(record)(one) for one in (late, held)]

    saved = [saving.save(record.engine, [move], actor="test") for move in (*moves, moves[1])]

    assert [set(), {id_}, set()] == saved
    assert [] == record.claim([id_], step=Step.PRICE)
    assert 1 == record.one("SELECT count(*) FROM decisions")


def test_a_scheme_that_is_founded_meanwhile_is_found(record: "Record") -> None:
    """What is not known yet is read at once; what nobody knows is an error."""
    parties = Parties(record.engine)
    assert parties.scheme(record.founded.scheme).automatic
    with pytest.raises(KeyError):
        parties.scheme(record.founded.portal)

    later = record.found_another("saintes")
    assert "saintes" == parties.scheme(later.scheme).authority.code


async def test_a_fee_on_the_other_parents_file_is_proposed(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Even where fees stand by themselves, and without their file being shown to the applicant."""
    id_ = _enrolled(record, application, facts)
    with record.owner.begin() as connection:
        connection.execute(text("UPDATE verifications SET asked = 'other_representative'"))

    assert (Status.PROPOSED, Reason.OTHER_REPRESENTATIVE_FILE) == await _step(record, id_)


async def test_a_decision_says_who_decided_for_whom_and_for_what(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Sealed with the record, so that a letter can be written from it alone."""
    id_ = _enrolled(record, application, facts)
    await _step(record, id_)

    row, content = _decision(record, id_)
    told = Envelope.model_validate(content["decision"])
    assert (DecisionKind.FEE, DecisionMode.AUTOMATIC) == (told.kind, told.mode)
    assert (row.kind, row.mode, row.because) == (told.kind, told.mode, [])
    assert told.author is not None
    assert (record.reference_of(id_), "Crèches", "Les Mésanges", "arles") == (
        told.reference,
        told.scheme.name,
        told.structure,
        told.authority.code,
    )
    assert (application.child, application.applicant) == (told.family.child, told.family.applicant)
    assert told.contract is not None
    assert (Decimal("1518.00"), 11) == (told.contract.hours, told.contract.instalments)
    assert ["child_in_household"] == [check.check for check in told.admissibility]


async def test_without_a_signatory_nothing_stands_by_itself(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """A decision names its author: an agent is told to have one recorded."""
    with record.owner.begin() as connection:
        connection.execute(text("UPDATE authorities SET signatories = '[]'"))
    id_ = _enrolled(record, application, facts)

    assert (Status.PROPOSED, Reason.AUTHOR_MISSING) == await _step(record, id_)
    row, content = _decision(record, id_)
    assert (True, None) == (row.proposed, content["decision"]["author"])
