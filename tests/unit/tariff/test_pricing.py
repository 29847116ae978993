"""Pricing: from certified facts to a record that can be replayed, or a doubt."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.engine.record import replay
from services.tariff.explanation.explain import explain
from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from services.tariff.pricing import Doubtful, Priced, price
from shared.application import Application, CareType
from shared.canonical import canonical_json
from shared.evidence import EajeFacts, Facts, Presence, Proof, QfFacts
from shared.states import Reason

_RECEIVED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_SCALE = load_national_scale()


def _price(application: Application, facts: Facts, **care: Any) -> Priced | Doubtful:
    wanted = application.care.model_copy(update=care)
    return price(
        application.model_copy(update={"care": wanted}),
        facts,
        scale=_SCALE,
        automatic=True,
        received_at=_RECEIVED_AT,
    )


def _priced(application: Application, facts: EajeFacts, **care: Any) -> Priced:
    priced = _price(application, facts, **care)
    assert isinstance(priced, Priced)
    return priced


def test_a_family_gets_its_fee(application: Application, facts: EajeFacts) -> None:
    """4 000 € × 0,0516 % = 2,06 €; 1 518 h in 11 months: 138 h × 2,06 € = 284,28 €."""
    priced = _priced(application, facts)

    assert (206, 28_428) == (
        priced.record["fee"]["hourly_cents"],
        priced.record["fee"]["monthly_cents"],
    )
    assert priced.waits_for is None


@pytest.mark.parametrize("care_type", CareType)
def test_what_is_sealed_replays_and_explains_itself(
    application: Application, facts: EajeFacts, care_type: CareType
) -> None:
    """The record alone gives the same bytes again; the explanation is that of the record."""
    priced = _priced(application, facts, type=care_type)
    content = json.loads(priced.content)

    assert canonical_json(content["record"]) == replay(content["record"], priced.tariff)
    assert list(explain(content["record"])) == content["explanation"]
    assert canonical_json(content) == priced.content


def test_the_record_says_who_said_what(application: Application, facts: EajeFacts) -> None:
    """Resources and children are certified, with their year; the care is declared."""
    inputs = _priced(application, facts).record["inputs"]
    kinds = {name: given["provenance"]["kind"] for name, given in inputs.items()}

    assert {
        "care_type": "declared",
        "children": "certified",
        "aeeh_children": "certified",
        "annual_resources_cents": "certified",
        "monthly_hours": "declared",
        "contract": "declared",
    } == kinds
    assert (4_800_000, 2024) == (
        inputs["annual_resources_cents"]["value"],
        inputs["annual_resources_cents"]["year"],
    )
    assert _RECEIVED_AT.isoformat() == inputs["contract"]["provenance"]["received_at"]


@pytest.mark.parametrize(
    ("start", "version"),
    [
        (date(2017, 1, 1), "2017-01-01"),
        (date(2025, 8, 31), "2025-01-01"),
        (date(2025, 9, 1), "2025-09-01"),
        (date(2025, 12, 31), "2025-09-01"),
        (date(2026, 1, 1), "2026-01-01"),
        (date(2031, 9, 1), "2026-01-01"),
    ],
)
def test_the_scale_is_the_one_of_the_first_day_of_care(
    application: Application, facts: EajeFacts, start: date, version: str
) -> None:
    """To the day; the last period is open-ended."""
    priced = _priced(application, facts, start=start, end=None)

    assert version == priced.tariff.version
    assert start.isoformat() == priced.record["on"]


def test_before_the_first_scale_a_person_looks(application: Application, facts: EajeFacts) -> None:
    """No fee is made up for a day without a scale."""
    eve = date(2016, 12, 31)

    assert Doubtful(Reason.TARIFF_MISSING) == _price(application, facts, start=eve, end=None)


def test_after_a_closed_scale_a_person_looks(application: Application, facts: EajeFacts) -> None:
    """A scale that ended is not stretched."""
    first = _SCALE.tariffs[0]
    assert first.valid_to is not None
    next_day = {"start": first.valid_to + timedelta(days=1), "end": None}
    care = application.care.model_copy(update=next_day)
    late = price(
        application.model_copy(update={"care": care}),
        facts,
        scale=Scale((first,)),
        automatic=True,
        received_at=_RECEIVED_AT,
    )

    assert Doubtful(Reason.TARIFF_MISSING) == late


def test_doubtful_figures_come_before_the_missing_scale(
    application: Application, facts: EajeFacts
) -> None:
    """Publishing a scale would not help an application that must be looked at anyway."""
    unlisted = facts.model_copy(update={"child_listed": False})

    assert Doubtful(Reason.CHILD_NOT_LISTED) == _price(
        application, unlisted, start=date(2016, 1, 1), end=None
    )


def test_hours_are_spread_over_the_instalments(application: Application, facts: EajeFacts) -> None:
    """885.50 h in 7 months are 126.50 h; × 2,06 € = 260,59 €."""
    priced = _priced(application, facts, contract_hours=Decimal("885.50"), instalments=7)

    assert 26_059 == priced.record["fee"]["monthly_cents"]


def test_figures_of_another_kind_are_a_doubt(application: Application, facts: EajeFacts) -> None:
    """A quotient familial sets no PSU fee, however good it is: the State says so."""
    quotient = QfFacts(
        quotient_familial=Presence.GIVEN,
        quotient_familial_euros=742,
        fund=None,
        asked=None,
        answered=None,
        computed=None,
        child_listed=True,
        address_line=None,
        address_city=None,
        provenance=facts.provenance,
    )

    assert Doubtful(Reason.EVIDENCE_UNFIT) == _price(application, quotient)


def test_the_proof_is_sealed_beside_the_record(application: Application, facts: EajeFacts) -> None:
    """For who controls the fee; the record, which replays, and the explanation are the same."""
    proof = Proof(url="https://particulier.test/verification/" + "a1" * 500, code="K7QZ-M2XR-4T")
    plain = json.loads(_priced(application, facts).content)
    proven = json.loads(_priced(application, facts.model_copy(update={"proof": proof})).content)

    assert plain | {"proof": proof.model_dump()} == proven
    assert proof.code not in json.dumps([proven["record"], proven["explanation"]])
