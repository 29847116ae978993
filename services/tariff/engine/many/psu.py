"""The PSU by the million: what `services.tariff.engine.participation` does, in columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from services.tariff.engine.many.billing import fees
from services.tariff.engine.many.exact import Exact, Flags, Ints
from services.tariff.engine.many.fees import Fees, Prices, all_of
from services.tariff.engine.situation import Situation
from services.tariff.language.missing import FixedPrice
from services.tariff.language.psu import PsuTariff, RateColumn
from services.tariff.language.words import Missing, Unit, When
from shared.application import CareType
from shared.decisions import Verdict

_MONTHS_AND_CENTS = 12 * 100
_PERCENT = Fraction(1, 100)
_HUNDREDTHS = 100
_CARE = tuple(CareType)
_RESIDENT = {Verdict.NO: 0, Verdict.YES: 1, Verdict.UNKNOWN: -1}
_WIDTH = 8


@dataclass(frozen=True, slots=True, eq=False)
class PsuSituations:
    """Situations in columns: cents a year, counts, care by its place, hundredths of an hour.

    `hours` are those of a month; `resources_known` and `hours_known` say where they are told;
    `resident` is 1, 0 for no, -1 where nobody knows.
    """

    annual_cents: Ints
    resources_known: Flags
    children: Ints
    aeeh_children: Ints
    care: Ints
    hours: Ints
    hours_known: Flags
    resident: Ints

    @classmethod
    def of(cls, situations: Sequence[Situation]) -> "PsuSituations":
        """The columns of these situations, in their order."""
        rows = [_row(situation) for situation in situations]
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), _WIDTH).T
        annual, told, children, aeeh, care, hours, timed, resident = columns
        return cls(
            annual,
            told.astype(np.bool_),
            children,
            aeeh,
            care,
            hours,
            timed.astype(np.bool_),
            resident,
        )

    def __len__(self) -> int:
        return len(self.children)


def price_psu(situations: PsuSituations, tariff: PsuTariff) -> Fees:
    """The fees that `decide` gives for each situation under a PSU tariff, to the cent."""
    surcharge = tariff.surcharge
    prices = _hourly(situations, tariff)
    if surcharge is not None and surcharge.when is When.NON_RESIDENT:
        prices = prices.without(situations.resident == _RESIDENT[Verdict.UNKNOWN])
    return fees(
        prices,
        [] if surcharge is None else [surcharge],
        away=situations.resident == _RESIDENT[Verdict.NO],
        units=(Exact.of_ints(situations.hours, over=_HUNDREDTHS), situations.hours_known),
        unit=Unit.HOUR,
        rounding=tariff.rounding,
    )


def _hourly(situations: PsuSituations, tariff: PsuTariff) -> Prices:
    """The exact price of an hour, or what the tariff says where resources are not known."""
    floor = tariff.monthly_resources.floor.value.exact
    ceiling, policy = tariff.ceiling.value.exact, tariff.missing_data
    monthly = Exact.of_ints(situations.annual_cents, over=_MONTHS_AND_CENTS)
    counted = monthly.at_least(floor).at_most(ceiling)
    known = situations.resources_known
    if isinstance(policy, Missing) and policy is not Missing.REVIEW:
        counted = counted.where(known, floor if policy is Missing.FLOOR else ceiling)
        known = all_of(len(situations))
    price = counted.times_rows(_rates(situations, tariff)).times(_PERCENT)
    if isinstance(policy, FixedPrice):
        price = price.where(known, Fraction(policy.price))
        known = all_of(len(situations))
    return Prices(price, known)


def _rates(situations: PsuSituations, tariff: PsuTariff) -> Exact:
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


def _row(situation: Situation) -> tuple[int, ...]:
    hours, annual = situation.hours, situation.annual_resources
    return (
        0 if annual is None else annual.cents,
        int(annual is not None),
        situation.children,
        situation.aeeh_children,
        _CARE.index(situation.care_type),
        0 if hours is None else int(hours * _HUNDREDTHS),
        int(hours is not None),
        _RESIDENT[situation.resident],
    )
