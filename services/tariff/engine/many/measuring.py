"""Measuring families by the million: what `services.tariff.engine.measuring` does, in columns."""

from fractions import Fraction

import numpy as np

from services.tariff.engine.many.exact import Exact, Flags
from services.tariff.engine.many.fees import Prices, none_of
from services.tariff.engine.many.households import UNKNOWN, Households
from services.tariff.language.local import MeasuredTariff
from services.tariff.language.policies import Policy
from services.tariff.language.words import MeasureKind

_CENTS = 100
_HUNDREDTHS = 100
_TWELFTH = Fraction(1, 12)


def measure(families: Households, tariff: MeasuredTariff) -> tuple[Prices, Flags]:
    """Each family's measure in euros, and which families lack the figure that it needs.

    A family without either goes to an agent: no parts, or a quotient of 0.
    """
    wanted = tariff.measure
    euros = Exact.of_ints(families.amount_cents, over=_CENTS)
    lacking, refused = ~families.amount_known, none_of(len(families))
    if wanted.kind is MeasureKind.QUOTIENT_FAMILIAL:
        if Policy.QUOTIENT_ZERO in tariff.for_an_agent:
            refused = families.amount_cents == 0
    else:
        if wanted.monthly:
            euros = euros.times(_TWELFTH)
        if wanted.per_part:
            lacking = lacking | (families.parts_hundredths == UNKNOWN)
            refused = families.parts_hundredths == 0
            euros = _per_part(euros, families)
        euros = euros.at_least(Fraction(0))
    measured = euros.whole() if wanted.cut else euros
    return Prices(measured, ~lacking & ~refused), lacking


def _per_part(euros: Exact, families: Households) -> Exact:
    parts = np.maximum(families.parts_hundredths, 1)
    return euros.times(Fraction(_HUNDREDTHS)).over_rows(parts)
