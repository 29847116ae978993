"""An estimate is the engine's own quote of what a family declares, and says what it is."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.intake.estimates import estimate
from services.intake.examples import PRE_REGISTRATION, PREGNANCY
from services.intake.sentences import CAUTION
from services.tariff.engine.decide import decide
from services.tariff.engine.fee import Fee
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.national import load_national_scale
from shared.application import CareType
from shared.money import Money
from shared.pre_registration import PreRegistration

_AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_FULL = {"contract_hours": "1518.00", "instalments": 11}
_CASES: dict[str, tuple[str, int, int, dict[str, Any]]] = {
    "one child": ("30000.00", 1, 0, {"start": "2026-09-01", **_FULL}),
    "two children": ("48000.00", 2, 0, {"start": "2026-09-01", **_FULL}),
    "one of three with the AEEH": ("41234.56", 3, 1, {"start": "2026-01-05", **_FULL}),
    "all with the AEEH": ("41234.56", 4, 4, {"start": "2026-01-05", **_FULL}),
    "no resources: the floor": ("0", 1, 0, {"start": "2026-09-01", **_FULL}),
    "below the floor": ("5000.5", 2, 0, {"start": "2026-09-01", **_FULL}),
    "above the ceiling": ("250000.00", 2, 0, {"start": "2026-09-01", **_FULL}),
    "another period": ("36000.00", 2, 0, {"start": "2025-09-01", **_FULL}),
    "a micro-crèche": ("36000.00", 2, 0, {"start": "2026-09-01", "type": "micro_creche", **_FULL}),
    "without hours": ("36000.00", 2, 0, {"start": "2026-09-01"}),
    "many children": ("60000.00", 9, 0, {"start": "2026-09-01", **_FULL}),
}


def _asked(base: dict[str, Any], case: str) -> PreRegistration:
    resources, children, disabled, care = _CASES[case]
    declared = {"annual_resources": resources, "children": children, "disabled_children": disabled}
    body = {**base, "declared": declared, "care": {"type": "collectif", **care}}
    return PreRegistration.model_validate(body)


def _quote(case: str) -> tuple[int, int | None, list[dict[str, Any]]]:
    """What the engine says of the same figures, asked by itself."""
    resources, children, disabled, care = _CASES[case]
    on = date.fromisoformat(care["start"])
    situation = Situation(
        care_type=CareType(care.get("type", "collectif")),
        children=children,
        aeeh_children=disabled,
        annual_resources=Money.parse(resources),
        contract=Contract(Decimal("1518.00"), 11) if "instalments" in care else None,
    )
    fee = decide(situation, load_national_scale().in_force(on), on)
    assert isinstance(fee, Fee)
    monthly = fee.monthly.cents if fee.monthly else None
    return fee.hourly.cents, monthly, [operation.as_json() for operation in fee.operations]


@pytest.mark.parametrize("case", _CASES)
def test_an_estimate_is_the_engine_s_quote(case: str) -> None:
    """For a child and for the floor, the ceiling, the AEEH and missing hours alike."""
    record = estimate(_asked(dict(PRE_REGISTRATION), case), load_national_scale(), _AT)["record"]
    fee = record["fee"]

    assert _quote(case) == (fee["hourly_cents"], fee["monthly_cents"], record["operations"])


def test_the_estimate_of_a_pregnancy_is_the_quote_too() -> None:
    """A child to come is priced as a child: on the first day of care it will be there."""
    pre = PreRegistration.model_validate(
        {**PREGNANCY, "care": {"type": "collectif", "start": "2027-09-01", **_FULL}}
    )
    situation = Situation(
        care_type=CareType.COLLECTIF,
        children=2,
        aeeh_children=0,
        annual_resources=Money(4_800_000),
        contract=Contract(Decimal("1518.00"), 11),
    )
    on = date(2027, 9, 1)
    fee = decide(situation, load_national_scale().in_force(on), on)
    assert isinstance(fee, Fee)
    told = estimate(pre, load_national_scale(), _AT)["record"]["fee"]

    assert fee.monthly
    assert (fee.hourly.cents, fee.monthly.cents) == (told["hourly_cents"], told["monthly_cents"])


def test_an_estimate_says_what_it_stands_on() -> None:
    """The caution, the declared figures, and in the record that nobody certified them."""
    told = estimate(_asked(dict(PRE_REGISTRATION), "two children"), load_national_scale(), _AT)
    declared = {"annual_resources": "48000.00", "children": 2, "disabled_children": 0}
    kinds = {one["provenance"]["kind"] for one in told["record"]["inputs"].values()}

    assert (CAUTION, declared, {"declared"}) == (told["caution"], told["declared"], kinds)
    assert "déclarées dans votre demande" in told["explanation"][0]


def test_without_a_tariff_there_is_no_figure() -> None:
    """Before the first period that is known: no record, and the reason."""
    body = {**PRE_REGISTRATION, "care": {"type": "collectif", "start": "2016-12-31"}}
    told = estimate(PreRegistration.model_validate(body), load_national_scale(), _AT)

    assert (None, [], "tariff_missing") == (told["record"], told["explanation"], told["reason"])
