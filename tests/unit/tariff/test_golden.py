"""Published fees come out to the cent, each with its publisher's rounding.

The cases are tables in `tests/cases`, with their sources. Local tariffs have their own
(`test_local_golden.py`), and so have overruns (`test_overrun.py`).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import Fee, exact
from services.tariff.engine.psu import price_of_hours
from services.tariff.engine.situation import Situation, monthly_hours
from services.tariff.language.national import (
    NATIONAL,
    load_national_scale,
    load_shipped_scale,
)
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.application import CareType
from shared.money import Money, Rounding

_ROOT = Path(__file__).parents[3]
Case = dict[str, Any]


def _read(name: str) -> list[Case]:
    cases: list[Case] = yaml.safe_load((_ROOT / "tests/cases" / name).read_text(encoding="utf-8"))
    return cases


_FURTHER = _read("psu_further.yaml")
_HOURLY = [
    *_read("psu_hourly.yaml"),
    *_read("psu_derived.yaml"),
    *(case for case in _FURTHER if {"lines", "rate"}.isdisjoint(case)),
]
_MONTH = _read("psu_month.yaml") + [case for case in _FURTHER if "lines" in case]
_RATES = _read("psu_rate.yaml") + [case for case in _FURTHER if "rate" in case]


def _each_day(cases: list[Case]) -> pytest.MarkDecorator:
    """Run a test once for each day on which an example holds."""
    days = [(case, on) for case in cases for on in case["days"]]
    return pytest.mark.parametrize(
        ("case", "on"), days, ids=[f"{case['id']}-{on}" for case, on in days]
    )


def _annual(case: Case) -> Money | None:
    if case.get("resources") == "unknown":
        return None
    if "resources_annual" in case:
        return Money.parse(case["resources_annual"])
    return Money(12 * Money.parse(case.get("resources_month", "2000.00")).cents)


def _tariff(case: Case, on: date) -> Tariff:
    """The tariff of the day, with the floor that the publisher used when it differs."""
    tariff = load_shipped_scale(case.get("scale", NATIONAL)).in_force(on)
    if "own_floor" not in case:
        return tariff
    content = tariff.content
    content["monthly_resources"]["floor"]["value"] = case["own_floor"]
    return PsuTariff.model_validate(content)


def _fee(case: Case, tariff: Tariff, on: date) -> Fee:
    situation = Situation(
        care_type=CareType(case["care"]),
        children=case["children"],
        aeeh_children=case["aeeh"],
        annual_resources=_annual(case),
        monthly_hours=Decimal(case["lines"][0]["hours"]) if "lines" in case else None,
    )
    rounding = Rounding(case.get("rounding", tariff.rounding.mode))
    stage = Stage(case.get("stage", tariff.rounding.stage))
    fee = decide(situation, tariff, on, rounding=rounding, stage=stage)
    assert isinstance(fee, Fee)
    return fee


def _later_lines(case: Case, fee: Fee) -> Iterator[Money]:
    """Overruns (minutes) and deductions (negative hours), each rounded as a line of its own."""
    for line in case["lines"][1:]:
        hours = Fraction(line["minutes"], 60) if "minutes" in line else Fraction(line["hours"])
        yield price_of_hours(fee.hourly.exact, hours, fee.rounding)


@_each_day(_HOURLY)
def test_an_hourly_price_is_the_published_one(case: Case, on: date) -> None:
    """To the cent; where the page prints no rounding, to its last decimal."""
    fee = _fee(case, _tariff(case, on), on)

    if "hourly_exact" in case:
        assert case["hourly_exact"] == exact(fee.hourly_exact)
    else:
        assert Money.parse(case["hourly"]) == fee.hourly
    assert (case.get("resources") == "unknown") is (fee.provisional is not None)


@_each_day(_MONTH)
def test_a_monthly_amount_is_the_published_one(case: Case, on: date) -> None:
    """To the cent, overruns and deductions included."""
    fee = _fee(case, _tariff(case, on), on)
    assert fee.monthly is not None
    lines = [fee.monthly, *_later_lines(case, fee)]

    assert Money.parse(case["monthly"]) == Money(sum(line.cents for line in lines))
    assert case.get("hourly", str(fee.hourly)) == str(fee.hourly)


@_each_day(_RATES)
def test_a_rate_is_the_published_one(case: Case, on: date) -> None:
    """By children and AEEH children, one bracket for each of the latter."""
    assert Decimal(case["rate"]) == _fee(case, _tariff(case, on), on).rate


def test_an_odd_floor_changes_nothing_to_the_price_of_w021() -> None:
    """The page's mixed floor and the scale's own floor of 2022 give the same price."""
    case = next(case for case in _HOURLY if case["id"] == "W021")
    on = case["days"][0]
    national = load_national_scale().in_force(on)

    assert _fee(case, national, on).hourly == _fee(case, _tariff(case, on), on).hourly


@pytest.mark.parametrize(
    ("contract", "instalments", "hours"),
    [("2070", 12, "172.50"), ("885.5", 7, "126.50"), ("100", 12, "8.33"), ("100.05", 10, "10.01")],
)
def test_hours_of_a_contract_are_spread_half_up(
    contract: str, instalments: int, hours: str
) -> None:
    """Vincennes' 230 days of 9 hours, creche-planner's 885.5 hours, and halves go up."""
    assert hours == str(monthly_hours(Decimal(contract), instalments))


def test_every_case_names_its_source() -> None:
    """A golden case without a source proves nothing."""
    assert all(case["source"] and case["quote"] for case in (*_HOURLY, *_MONTH, *_RATES))
