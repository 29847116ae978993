"""The PSU method by the million: the steps of `services.tariff.engine.psu`, in columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from services.tariff.engine.many.exact import Exact, Flags, Ints
from services.tariff.engine.many.fees import Fees
from services.tariff.engine.situation import Situation
from services.tariff.language.tariff import RateColumn, Tariff
from services.tariff.language.words import Stage
from shared.application import CareType

_MONTHS_AND_CENTS = 12 * 100
_PERCENT = Fraction(1, 100)
_HUNDREDTHS = 100
_CARE = tuple(CareType)
_NO_HOURS = -1


@dataclass(frozen=True, slots=True, eq=False)
class PsuSituations:
    """Situations in columns: cents a year, counts, care by its place, hundredths of an hour.

    `hours` are those of a month, -1 where none are known.
    """

    annual_cents: Ints
    children: Ints
    aeeh_children: Ints
    care: Ints
    hours: Ints

    @classmethod
    def of(cls, situations: Sequence[Situation]) -> "PsuSituations":
        """The columns of these situations, in their order."""
        rows = [_row(situation) for situation in situations]
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.children)


def price_psu(situations: PsuSituations, tariff: Tariff) -> Fees:
    """The fees that `decide` gives for each situation under a PSU tariff, to the cent."""
    bounds, mode = tariff.monthly_resources, tariff.rounding.mode
    monthly = Exact.of_ints(situations.annual_cents, over=_MONTHS_AND_CENTS)
    counted = monthly.at_least(bounds.floor.value.exact).at_most(bounds.ceiling.value.exact)
    price = counted.times_rows(_rates(situations, tariff)).times(_PERCENT)
    hourly = price.cents(mode)
    billed = Exact.of_ints(hourly, over=100) if tariff.rounding.stage is Stage.HOUR else price
    known = situations.hours != _NO_HOURS
    hours = Exact.of_ints(np.where(known, situations.hours, 0), over=_HUNDREDTHS)
    return Fees(hourly, billed.times_rows(hours).cents(mode), known, _all(len(situations)))


def _rates(situations: PsuSituations, tariff: Tariff) -> Exact:
    """The rate of each row, in percent, AEEH counted."""
    columns = [tariff.care[care] for care in _CARE]
    widest = max(len(column.brackets) for column in columns)
    choices = [
        Fraction(column.brackets[min(place, len(column.brackets) - 1)].rate)
        for column in columns
        for place in range(widest)
    ]
    place = _places(situations, columns)
    return Exact.of_choices(choices, situations.care * widest + place)


def _places(situations: PsuSituations, columns: Sequence[RateColumn]) -> Ints:
    """The place of each row's bracket: by children, one further per AEEH child, never past it."""
    own = np.zeros(len(situations), dtype=np.int64)
    last = np.zeros(len(situations), dtype=np.int64)
    for care, column in enumerate(columns):
        here = situations.care == care
        firsts = np.array([bracket.first for bracket in column.brackets])
        found = np.searchsorted(firsts, situations.children, side="right") - 1
        own = np.where(here, found, own)
        last = np.where(here, len(column.brackets) - 1, last)
    return np.minimum(own + situations.aeeh_children, last)


def _row(situation: Situation) -> tuple[int, int, int, int, int]:
    hours = situation.hours
    return (
        situation.annual_resources.cents,
        situation.children,
        situation.aeeh_children,
        _CARE.index(situation.care_type),
        _NO_HOURS if hours is None else int(hours * _HUNDREDTHS),
    )


def _all(how_many: int) -> Flags:
    return np.ones(how_many, dtype=np.bool_)
