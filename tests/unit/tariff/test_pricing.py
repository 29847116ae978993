"""Pricing: from certified facts to a record that can be replayed, or a doubt."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.engine.record import replay
from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from services.tariff.pricing import Doubtful, Priced, price
from shared.application import Application, CareType, LocalCare
from shared.canonical import canonical_json
from shared.decisions import DecisionKind
from shared.evidence import EajeFacts, Facts
from shared.states import Reason
from tests.tariff_cases import RECEIVED_AT, case, qf, tax, terms, with_care

_SCALE = load_national_scale()
_ON = date(2026, 9, 1)


def _price(application: Application, facts: Facts, **care: Any) -> Priced | Doubtful:
    wanted = with_care(application, **care)
    return price(case(wanted, facts), wanted.care.start)


def _priced(application: Application, facts: EajeFacts, **care: Any) -> Priced:
    priced = _price(application, facts, **care)
    assert isinstance(priced, Priced)
    return priced


def _record(priced: Priced) -> Mapping[str, Any]:
    assert priced.record is not None
    return priced.record


def _amounts(priced: Priced) -> tuple[int | None, int | None]:
    return priced.decided.price_cents, priced.decided.monthly_cents


def test_a_family_gets_its_fee(application: Application, facts: EajeFacts) -> None:
    """4 000 € × 0,0516 % = 2,06 €; 1 518 h in 11 months: 138 h × 2,06 € = 284,28 €."""
    priced = _priced(application, facts)

    assert (206, 28_428) == _amounts(priced)
    assert (DecisionKind.FEE, None) == (priced.kind, priced.waits_for)


@pytest.mark.parametrize("care_type", CareType)
def test_what_is_decided_replays(
    application: Application, facts: EajeFacts, care_type: CareType
) -> None:
    """The record alone gives the same bytes again."""
    priced = _priced(application, facts, type=care_type)
    record = json.loads(canonical_json(dict(_record(priced))))

    assert canonical_json(record) == replay(record, priced.tariff)


def test_the_record_says_who_said_what(application: Application, facts: EajeFacts) -> None:
    """Resources and children are certified, with their year; the care is declared."""
    inputs = _record(_priced(application, facts))["inputs"]
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
    assert RECEIVED_AT.isoformat() == inputs["contract"]["provenance"]["received_at"]


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
    assert start.isoformat() == _record(priced)["on"]


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
    late = application.model_copy(update={"care": care})

    assert Doubtful(Reason.TARIFF_MISSING) == price(
        case(late, facts, scale=Scale((first,))), late.care.start
    )


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

    assert 26_059 == _record(priced)["fee"]["monthly_cents"]


def test_figures_of_another_kind_are_a_doubt(application: Application) -> None:
    """A quotient familial sets no PSU fee, however good it is: the State says so."""
    for other in (qf(742), tax()):
        assert Doubtful(Reason.EVIDENCE_UNFIT) == _price(application, other)


def test_care_of_another_kind_has_no_price_in_the_national_scale(
    application: Application, facts: EajeFacts
) -> None:
    """An agent finds that the scheme's tariff is the wrong one."""
    found = _price(application, facts, type=LocalCare.RESTAURATION)

    assert Doubtful(Reason.PRICE_MISSING) == found


@pytest.mark.parametrize(
    ("rules", "changes", "reason"),
    [
        ({"age": {"at_least": 36}}, {}, Reason.AGE_OUTSIDE),
        ({"closes_on": date(2026, 8, 31)}, {}, Reason.SCHEME_NOT_OPEN),
        ({"communes": ["13108"]}, {}, Reason.RESIDENCE_OUTSIDE),
        ({"communes": ["13108"], "or_working": True}, {}, Reason.RESIDENCE_TO_CHECK),
        ({"communes": ["13004"]}, {"address_city": "TARASCON"}, Reason.RESIDENCE_TO_CHECK),
        ({}, {"address_city": "TARASCON"}, Reason.RESIDENCE_TO_CHECK),
        ({"communes": ["13004"]}, {}, None),
        (
            {"income": {"measure": "not_taxed"}},
            {},
            Reason.CONDITION_TO_CHECK,
        ),
    ],
)
def test_a_check_makes_a_fee_wait_and_refuses_nobody(
    application: Application,
    facts: EajeFacts,
    *,
    rules: dict[str, Any],
    changes: dict[str, Any],
    reason: Reason | None,
) -> None:
    """The fee is computed all the same: an agent sees both."""
    found = price(case(application, facts.model_copy(update=changes), scheme=terms(**rules)), _ON)

    assert isinstance(found, Priced)
    assert (reason, DecisionKind.FEE) == (found.waits_for, found.kind)
    assert (206, 28_428) == _amounts(found)


def test_a_certain_no_refuses_an_aid_before_the_money(
    application: Application, facts: EajeFacts
) -> None:
    """With its ground, and no figure."""
    aid = terms(kind="aid", communes=["13108"])
    found = price(case(application, facts, scheme=aid), _ON)

    assert isinstance(found, Priced)
    assert (DecisionKind.NOT_AWARDED, "residence", None, None) == (
        found.kind,
        found.ground,
        found.record,
        found.waits_for,
    )


def test_an_aid_whose_scheme_asks_an_agent_is_refused_by_one(
    application: Application, facts: EajeFacts
) -> None:
    """The refusal is proposed."""
    aid = terms(automatic=False, kind="aid", communes=["13108"])
    found = price(case(application, facts, scheme=aid), _ON)

    assert isinstance(found, Priced)
    assert (DecisionKind.NOT_AWARDED, Reason.AGENT_VALIDATES) == (found.kind, found.waits_for)


def test_what_is_unknown_of_an_aid_is_asked_by_a_person(
    application: Application, facts: EajeFacts
) -> None:
    """It is awarded on paper, and waits."""
    aid = terms(kind="aid", communes=["13004"])
    moved = facts.model_copy(update={"address_city": "TARASCON"})
    found = price(case(application, moved, scheme=aid), _ON)

    assert isinstance(found, Priced)
    assert (DecisionKind.AWARDED, Reason.RESIDENCE_TO_CHECK) == (found.kind, found.waits_for)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, None),
        ({"drafts": True}, Reason.AGENT_VALIDATES),
        ({"by_hand": True}, Reason.AGENT_VALIDATES),
        ({"others_file": True}, Reason.OTHER_REPRESENTATIVE_FILE),
    ],
)
def test_who_asks_or_decided_before_makes_a_fee_wait(
    application: Application, facts: EajeFacts, said: dict[str, Any], reason: Reason | None
) -> None:
    """A campaign of drafts, an agent's hand, the other parent's file."""
    found = price(case(application, facts, **said), _ON)

    assert isinstance(found, Priced)
    assert reason is found.waits_for
