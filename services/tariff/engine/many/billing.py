"""Billing by the million: the steps of `services.tariff.engine.billing`, in columns."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from services.tariff.engine.many.exact import Exact, Flags, Ints
from services.tariff.engine.many.fees import Fees, Prices, none_of
from services.tariff.language.modifiers import Surcharge
from services.tariff.language.sourced import RoundingRule
from services.tariff.language.words import Stage, Unit, When
from shared.money import Rounding

_CENTS = 100
_PERCENT = 100


def fees(
    prices: Prices,
    surcharges: Sequence[Surcharge],
    *,
    away: Flags,
    units: tuple[Exact, Flags],
    unit: Unit,
    rounding: RoundingRule,
) -> Fees:
    """Prices in cents, surcharges included, and the months that are known.

    `units` are those billed in a month, and where they are known.
    """
    whole, cents = _raised(prices.exact, surcharges, away, rounding.mode)
    if unit is Unit.MONTH:
        return Fees(cents, cents, prices.known, prices.known)
    billed = whole if rounding.stage is Stage.MONTH else Exact.of_ints(cents, over=_CENTS)
    count, known = units
    if unit in {Unit.YEAR, Unit.ONCE}:
        known = none_of(len(cents))
    months = billed.times_rows(count).cents(rounding.mode)
    return Fees(cents, months, prices.known & known, prices.known)


def _raised(
    price: Exact, surcharges: Sequence[Surcharge], away: Flags, mode: Rounding
) -> tuple[Exact, Ints]:
    """The exact price with its surcharges, and the sum of its lines, each rounded by itself."""
    whole, cents = price, price.cents(mode)
    for surcharge in surcharges:
        owed = np.ones(len(price), np.bool_) if surcharge.when is When.ALWAYS else away
        raised = _surcharge(surcharge, price).where(owed, Fraction(0))
        whole = whole.plus_rows(raised)
        cents = cents + raised.cents(mode)
    return whole, cents


def _surcharge(surcharge: Surcharge, price: Exact) -> Exact:
    if surcharge.amount is not None:
        return price.times(Fraction(0)).plus(Fraction(surcharge.amount))
    return price.times(Fraction(surcharge.percent or 0) / _PERCENT)
