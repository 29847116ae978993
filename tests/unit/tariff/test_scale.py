"""The national scale: its figures, entered twice; its periods; its sources."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.tariff.language.national import load_national_scale
from services.tariff.language.psu import PsuTariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Certainty
from shared.application import CareType
from shared.errors import TariffError
from shared.money import Money

_ROOT = Path(__file__).parents[3]
_TABLE = yaml.safe_load((_ROOT / "tests/cases/psu_scale.yaml").read_text(encoding="utf-8"))
_PERIODS = {period["days"][0]: period for period in _TABLE["periods"]}
_FAMILIES = range(1, 13)

# day, care type, children, rate, floor, ceiling: one row of the scale as anyone would print it
Row = tuple[date, CareType, int, Decimal, Money, Money]


def _psu(scale: Scale) -> tuple[PsuTariff, ...]:
    return tuple(tariff for tariff in scale.tariffs if isinstance(tariff, PsuTariff))


def _row(tariff: PsuTariff, care: CareType, children: int) -> Row:
    bounds = tariff.monthly_resources
    rate = tariff.care[care].bracket_at(children).rate
    return tariff.valid_from, care, children, rate, bounds.floor.value, bounds.ceiling.value


def _first_and_last(bracket: str) -> tuple[int, int]:
    first, _, last = bracket.rstrip("+").partition("-")
    return int(first), max(_FAMILIES) if bracket.endswith("+") else int(last or first)


def _rates_of(period: dict[str, Any], care: CareType) -> Iterator[tuple[int, Decimal]]:
    rates = period[care]
    columns = {len(column): column for column in _TABLE["columns"].values()}
    for bracket, rate in zip(columns[len(rates)], rates, strict=True):
        first, last = _first_and_last(bracket)
        yield from ((children, Decimal(rate)) for children in range(first, last + 1))


def _entered_twice(period: dict[str, Any]) -> Iterator[Row]:
    floor, ceiling = (Money.parse(bound) for bound in period["bounds"])
    for care in CareType:
        for children, rate in _rates_of(period, care):
            yield period["days"][0], care, children, rate, floor, ceiling


def _collected() -> Iterator[Row]:
    """The figures as they were collected, when the folder beside the project has them."""
    table = _ROOT.parent / "shared" / "data" / "psu_bareme.csv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            yield (
                date.fromisoformat(line["valid_from"]),
                CareType(line["care_type"]),
                int(line["children"]),
                Decimal(line["rate_percent"]),
                Money.parse(line["floor_eur_month"]),
                Money.parse(line["ceiling_eur_month"]),
            )


@pytest.fixture(scope="module")
def scale() -> Scale:
    """The national PSU scale."""
    return load_national_scale()


def test_every_figure_is_the_one_entered_a_second_time(scale: Scale) -> None:
    """Rates, floors and ceilings of all periods equal a table typed apart, family by family."""
    shipped = {
        _row(tariff, care, children)
        for tariff in _psu(scale)
        for care in CareType
        for children in _FAMILIES
    }
    expected = {row for period in _PERIODS.values() for row in _entered_twice(period)}

    assert expected == shipped
    assert set() == set(_collected()) - shipped


def test_periods_are_the_ones_of_the_table(scale: Scale) -> None:
    """One tariff for each published period, from its first day to its last."""
    expected = [tuple(period["days"]) for period in _PERIODS.values()]

    assert expected == [(tariff.valid_from, tariff.valid_to) for tariff in scale.tariffs]


def test_every_day_since_2017_has_exactly_one_tariff(scale: Scale) -> None:
    """Neither gap nor overlap, to the day, for ten years and more."""
    days = (date(2017, 1, 1) + timedelta(days=n) for n in range(4000))

    assert all(
        1 == sum(tariff.in_force(day) for tariff in scale.tariffs)  # a day has one tariff
        for day in days
    )


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2019, 8, 31), "2019-01-01"),
        (date(2019, 9, 1), "2019-09-01"),
        (date(2025, 12, 31), "2025-09-01"),
        (date(2031, 5, 1), "2026-01-01"),
    ],
)
def test_the_day_chooses_the_tariff(scale: Scale, on: date, version: str) -> None:
    """The ceiling moved on 1 September too; the last period is open."""
    assert version == scale.in_force(on).version


def test_no_tariff_before_the_first_period(scale: Scale) -> None:
    """A day before 2017 has no tariff, and the refusal says from when there is one."""
    with pytest.raises(TariffError, match="commencent le 2017-01-01"):
        scale.in_force(date(2016, 12, 31))


def test_familial_care_after_2019_is_said_to_be_inferred(scale: Scale) -> None:
    """No text published these rates as such: the tariff must not pretend."""
    certainties = {
        tariff.care[CareType.FAMILIAL_PARENTAL].certainty
        for tariff in _psu(scale)
        if tariff.valid_from >= date(2019, 9, 1)
    }

    assert {Certainty.INFERRED} == certainties


def test_versions_and_digests_tell_tariffs_apart(scale: Scale) -> None:
    """Thirteen periods, thirteen versions, thirteen digests."""
    assert 13 == len({tariff.version for tariff in scale.tariffs})
    assert 13 == len({tariff.digest for tariff in scale.tariffs})


def test_a_digest_covers_each_figure(scale: Scale) -> None:
    """The same content has the same digest; another floor has another."""
    tariff = _psu(scale)[-1]
    bounds = tariff.monthly_resources
    raised = bounds.floor.model_copy(update={"value": Money(81463)})
    other = PsuTariff.model_validate(
        tariff.content
        | {"monthly_resources": {**bounds.model_dump(mode="json"), "floor": raised.model_dump()}}
    )

    assert tariff.digest == PsuTariff.model_validate(tariff.content).digest
    assert tariff.digest != other.digest


def _with_end(tariff: Tariff, end: date | None) -> Tariff:
    return tariff.model_copy(update={"valid_to": end})


@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        (date(2025, 12, 30), "laissent un trou"),
        (date(2026, 1, 1), "se chevauchent"),
    ],
)
def test_periods_that_do_not_meet_are_refused(scale: Scale, end: date | None, trouble: str) -> None:
    """One day too few is a hole, one too many an overlap; the remedy names the right day."""
    *_, earlier, later = scale.tariffs

    with pytest.raises(TariffError, match=f"{trouble}.*2025-12-31"):
        Scale.of([_with_end(earlier, end), later])


def _corrected(tariff: Tariff, number: int, **changes: object) -> Tariff:
    version = f"{tariff.valid_from}.{number}"
    return tariff.model_copy(update={"version": version, **changes})


def test_a_period_without_end_ends_the_day_before_the_next(scale: Scale) -> None:
    """Nothing is edited when a new period is published."""
    *_, earlier, later = scale.tariffs
    open_ended = _with_end(earlier, None)
    both = Scale.of([later, open_ended])

    assert date(2025, 12, 31) == both.last_day(open_ended)
    assert both.last_day(later) is None
    assert (open_ended, later) == (
        both.in_force(date(2025, 12, 31)),
        both.in_force(date(2026, 1, 1)),
    )


def test_a_correction_stands_in_the_place_of_what_it_corrects(scale: Scale) -> None:
    """The highest number of a period is in force, and the others can still be read."""
    first = scale.tariffs[-1]
    ninth, tenth = (_corrected(first, number) for number in (9, 10))
    corrected = Scale.of([tenth, first, ninth])

    assert (tenth,) == corrected.tariffs
    assert tenth == corrected.in_force(date(2026, 6, 1))
    assert [first, ninth, tenth] == [
        corrected.version(one.version) for one in (first, ninth, tenth)
    ]
    with pytest.raises(TariffError, match=r"pas de version 2026-01-01\.2"):
        corrected.version("2026-01-01.2")


def test_a_version_is_said_once(scale: Scale) -> None:
    """Another content under the same name is a correction, and has its own."""
    first = scale.tariffs[-1]

    with pytest.raises(TariffError, match="dite deux fois"):
        scale.with_one(first)
    assert scale.with_one(_corrected(first, 1)).replaced == (first,)


def test_a_scale_holds_one_tariff_id(scale: Scale) -> None:
    """Two ids make no scale, nor does nothing."""
    first, second, *_ = scale.tariffs

    with pytest.raises(TariffError, match="un seul barème"):
        Scale.of([first, second.model_copy(update={"id": "autre"})])
    with pytest.raises(TariffError, match="un seul barème"):
        Scale.of([])


def test_floors_and_ceilings_never_fall(scale: Scale) -> None:
    """A slip of the pen in a bound would show as a fall from one period to the next."""
    bounds = [tariff.monthly_resources for tariff in _psu(scale)]

    assert all(
        earlier.floor.value <= later.floor.value and earlier.ceiling.value <= later.ceiling.value
        for earlier, later in pairwise(bounds)
    )
