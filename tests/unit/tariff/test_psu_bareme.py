"""The engine against the scale as it was collected, row by row, and against its second entry.

Each row gives three prices by hand: at the floor, between the bounds, at the ceiling.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import Fee
from services.tariff.engine.situation import Situation
from services.tariff.language.national import load_national_scale
from shared.application import CareType
from shared.money import Money

_ROOT = Path(__file__).parents[3]
_COLLECTED = _ROOT.parent / "shared" / "data" / "psu_bareme.csv"
_BETWEEN, _BEYOND = Decimal(2000), Decimal(99999)
_CENT = Decimal("0.01")


class Row(NamedTuple):
    """What one line of the scale says, for one number of children."""

    first: date
    last: date | None
    care: CareType
    children: int
    rate: Decimal
    floor: Decimal
    ceiling: Decimal


def _collected() -> Iterator[Row]:
    if not _COLLECTED.exists():
        return
    with _COLLECTED.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            yield Row(
                date.fromisoformat(line["valid_from"]),
                date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
                CareType(line["care_type"]),
                int(line["children"]),
                Decimal(line["rate_percent"]),
                Decimal(line["floor_eur_month"]),
                Decimal(line["ceiling_eur_month"]),
            )


def _entered() -> Iterator[Row]:
    """The rows of `tests/cases/psu_scale.yaml`, one for the fewest children of each bracket."""
    table = yaml.safe_load((_ROOT / "tests/cases/psu_scale.yaml").read_text(encoding="utf-8"))
    columns = {len(column): column for column in table["columns"].values()}
    for period in table["periods"]:
        (first, last), (floor, ceiling) = period["days"], map(Decimal, period["bounds"])
        for care in CareType:
            rates = [Decimal(rate) for rate in period[care]]
            for bracket, rate in zip(columns[len(rates)], rates, strict=True):
                children = int(bracket.rstrip("+").split("-")[0])
                yield Row(first, last, care, children, rate, floor, ceiling)


def _by_hand(row: Row, resources: Decimal) -> str:
    counted = min(max(resources, row.floor), row.ceiling)
    return str((counted * row.rate / 100).quantize(_CENT, rounding=ROUND_HALF_UP))


def _priced(row: Row, resources: Decimal, on: date) -> str:
    situation = Situation(
        care_type=row.care,
        children=row.children,
        aeeh_children=0,
        annual_resources=Money.parse(str(12 * resources)),
    )
    fee = decide(situation, load_national_scale().in_force(on), on)
    assert isinstance(fee, Fee)
    return str(fee.hourly)


def _disagreements(rows: Iterator[Row]) -> Iterator[tuple[Row, Decimal, date]]:
    for row in rows:
        for resources in (Decimal(0), _BETWEEN, _BEYOND):
            expected = _by_hand(row, resources)
            for on in (row.first, row.last or date(2031, 1, 1)):
                if expected != _priced(row, resources, on):
                    yield row, resources, on


def test_the_engine_gives_the_prices_of_the_second_entry() -> None:
    """Every period, care type and bracket; on the first day of the period and on the last."""
    assert [] == list(_disagreements(_entered()))


def test_the_engine_gives_the_prices_of_every_collected_row() -> None:
    """All the rows of the folder beside the project, where it is there."""
    if not _COLLECTED.exists():
        pytest.skip("the collected scale is not beside the project")

    assert 390 == sum(1 for _ in _collected())
    assert [] == list(_disagreements(_collected()))
