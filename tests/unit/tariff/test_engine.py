"""The engine: its trace, its guards, and what no fee may ever do."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import Fee, exact
from services.tariff.engine.situation import Contract, Situation, monthly_hours
from services.tariff.language.national import load_national_scale
from services.tariff.language.psu import PsuTariff
from services.tariff.language.words import Stage
from shared.application import CareType
from shared.errors import TariffError
from shared.money import Money, Rounding, round_to_cents

_ON = date(2026, 1, 15)
_FAMILY = Situation(
    care_type=CareType.COLLECTIF,
    children=2,
    aeeh_children=0,
    annual_resources=Money.parse("48000.00"),
)
_ANNUAL = st.integers(min_value=-(10**7), max_value=5 * 10**7).map(Money)
_DAYS = st.dates(min_value=date(2017, 1, 1), max_value=date(2030, 12, 31))


@st.composite
def _situations(draw: st.DrawFn) -> Situation:
    children = draw(st.integers(min_value=1, max_value=12))
    hours = st.decimals(min_value=0, max_value=300, places=2)
    return Situation(
        care_type=draw(st.sampled_from(CareType)),
        children=children,
        aeeh_children=draw(st.integers(min_value=0, max_value=children)),
        annual_resources=draw(_ANNUAL),
        monthly_hours=draw(st.none() | hours),
    )


def _tariff(on: date) -> PsuTariff:
    tariff = load_national_scale().in_force(on)
    assert isinstance(tariff, PsuTariff)
    return tariff


def _fee(
    situation: Situation,
    on: date = _ON,
    *,
    rounding: Rounding | None = None,
    stage: Stage | None = None,
) -> Fee:
    fee = decide(situation, _tariff(on), on, rounding=rounding, stage=stage)
    assert isinstance(fee, Fee)
    return fee


def test_each_operation_can_be_done_again_by_hand() -> None:
    """The trace of one ordinary family, whole: steps, formulas, inputs and results."""
    fee = _fee(replace(_FAMILY, monthly_hours=Decimal("126.50")))

    assert [
        ("monthly_resources", "annual_resources / 12", "4000"),
        ("counted_resources", "min(max(monthly_resources, floor), ceiling)", "4000"),
        ("rate", "rate of the bracket that holds children", "0.0516"),
        ("hourly_exact", "counted_resources * rate / 100", "2.064"),
        ("hourly", "round(hourly_exact, 0.01)", "2.06"),
        ("monthly", "round(hourly_price * monthly_hours, 0.01)", "260.59"),
    ] == [(step.step, step.formula, step.result) for step in fee.operations]
    assert {
        "monthly_resources": "4000",
        "floor": "814.62",
        "ceiling": "8500.00",
    } == fee.operations[1].inputs


def test_a_contract_is_spread_in_the_trace() -> None:
    """With the contract known, its hours and invoices are an operation too."""
    fee = _fee(replace(_FAMILY, contract=Contract(Decimal("1518.00"), 11)))

    assert "138.00" == next(o.result for o in fee.operations if o.step == "monthly_hours")
    assert Money.parse("284.28") == fee.monthly


@pytest.mark.parametrize(
    ("children", "aeeh", "rate"),
    [(2, 1, "0.0413"), (3, 2, "0.0206"), (4, 1, "0.0206"), (7, 3, "0.0206"), (1, 1, "0.0516")],
)
def test_aeeh_takes_the_next_bracket_and_never_leaves_the_last(
    children: int, aeeh: int, rate: str
) -> None:
    """One bracket per child concerned, not one more child; the last bracket is the end."""
    assert Decimal(rate) == _fee(replace(_FAMILY, children=children, aeeh_children=aeeh)).rate


@pytest.mark.parametrize(
    ("rounding", "stage", "hourly", "monthly"),
    [
        (Rounding.HALF_UP, Stage.HOUR, "2.23", "386.91"),
        (Rounding.TRUNCATE, Stage.HOUR, "2.22", "385.17"),
        (Rounding.HALF_UP, Stage.MONTH, "2.23", "386.63"),
        (Rounding.TRUNCATE, Stage.MONTH, "2.22", "386.62"),
    ],
)
def test_mode_and_stage_of_rounding_are_told_apart(
    rounding: Rounding, stage: Stage, hourly: str, monthly: str
) -> None:
    """3 600 € a month, one child, 173.5 h: 2.2284 an hour before any rounding."""
    family = replace(
        _FAMILY, children=1, annual_resources=Money.parse("43200"), monthly_hours=Decimal("173.50")
    )
    fee = _fee(family, rounding=rounding, stage=stage)

    assert (hourly, monthly) == (str(fee.hourly), str(fee.monthly))


def test_a_tariff_prices_only_its_own_days() -> None:
    """The day before and the day after a period are refused, whatever tariff is at hand."""
    tariff = _tariff(date(2025, 6, 1))
    assert tariff.valid_to is not None

    for day in (tariff.valid_from - timedelta(days=1), tariff.valid_to + timedelta(days=1)):
        with pytest.raises(TariffError, match="n'est pas en vigueur"):
            decide(_FAMILY, tariff, day)


@pytest.mark.parametrize(
    "changes",
    [
        {"children": 0},
        {"children": 1, "aeeh_children": 2},
        {"aeeh_children": -1},
        {"monthly_hours": Decimal("-0.01")},
        {"monthly_hours": Decimal("126.505")},
        {"monthly_hours": Decimal(100), "contract": Contract(Decimal(1518), 11)},
    ],
)
def test_an_impossible_situation_is_refused(changes: dict[str, Any]) -> None:
    """Counts and hours that no family can have never reach a price."""
    with pytest.raises(ValueError, match=r"children|hours|contract"):
        replace(_FAMILY, **changes)


def test_a_contract_without_invoice_is_refused() -> None:
    """Nothing can be divided into no invoice."""
    with pytest.raises(ValueError, match="one invoice at least"):
        monthly_hours(Decimal(1518), 0)


@given(_situations(), _DAYS, st.sampled_from(Rounding), st.sampled_from(Stage))
def test_the_same_question_has_the_same_answer(
    situation: Situation, on: date, rounding: Rounding, stage: Stage
) -> None:
    """`decide` keeps nothing from one call to the next."""
    first = _fee(situation, on, rounding=rounding, stage=stage)

    assert first == _fee(situation, on, rounding=rounding, stage=stage)


@given(_situations(), _DAYS, _ANNUAL)
def test_more_resources_never_cost_less(
    situation: Situation, on: date, other_resources: Money
) -> None:
    """The hourly price rises or stays with resources."""
    other = replace(situation, annual_resources=other_resources)
    poorer, richer = situation, other
    if situation.annual_resources is None or other_resources < situation.annual_resources:
        poorer, richer = other, situation

    assert _fee(poorer, on).hourly <= _fee(richer, on).hourly


@given(_situations(), _DAYS)
def test_one_more_child_never_costs_more(situation: Situation, on: date) -> None:
    """Neither does one more child with AEEH."""
    larger = replace(situation, children=situation.children + 1)
    helped = replace(larger, aeeh_children=larger.aeeh_children + 1)

    assert _fee(helped, on).hourly <= _fee(larger, on).hourly <= _fee(situation, on).hourly


@given(_situations(), _DAYS)
def test_a_price_stays_between_floor_and_ceiling(situation: Situation, on: date) -> None:
    """Whatever the resources, even none or a loss."""
    fee, bounds = _fee(situation, on), _tariff(on).monthly_resources
    lowest, highest = (
        round_to_cents(bound.value.exact * Fraction(fee.rate) / 100, fee.rounding)
        for bound in (bounds.floor, bounds.ceiling)
    )

    assert lowest <= fee.hourly <= highest


@given(st.fractions(max_denominator=10**6))
def test_numbers_of_the_trace_lose_nothing(value: Fraction) -> None:
    """What is written is what was computed, decimal or not."""
    assert value == Fraction(exact(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [("4000", "4000"), ("2.064", "2.064"), ("-1/8", "-0.125"), ("1/100", "0.01"), ("5/3", "5/3")],
)
def test_numbers_are_decimals_when_they_can(value: str, text: str) -> None:
    """A reader meets a fraction only where no decimal would do."""
    assert text == exact(Fraction(value))
