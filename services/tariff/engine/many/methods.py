"""The local methods by the million: the steps of `services.tariff.engine.methods`, in columns."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from services.tariff.engine.many.exact import Exact, Flags, Ints
from services.tariff.engine.many.fees import Prices
from services.tariff.engine.many.households import Households
from services.tariff.language.counts import Span as Counts
from services.tariff.language.grids import Span
from services.tariff.language.local import (
    BandsTariff,
    EffortRateTariff,
    FlatTariff,
    LinearTariff,
    MeasuredTariff,
)
from services.tariff.language.methods import LinearPart
from services.tariff.language.modifiers import NonResident
from services.tariff.language.words import Bounds

_PERCENT = Fraction(1, 100)


def method_price(measured: Prices, families: Households, tariff: MeasuredTariff) -> Prices:
    """The price of a unit, where the family is measured and the grid has no hole."""
    match tariff:
        case BandsTariff():
            return _in_its_bands(measured, families, tariff)
        case LinearTariff():
            return Prices(on_line(measured.exact, tariff.linear), measured.known)
        case EffortRateTariff():
            return _at_rate(measured, families, tariff)
    raise TypeError(f"{tariff.method} gives no price by a measure")


def flat_price(families: Households, tariff: FlatTariff) -> Prices:
    """The one price, or that of the child's rank or of so many children."""
    part, prices = tariff.flat, Prices.nothing(len(families))
    if part.price is not None:
        return prices.put(~prices.known, Fraction(part.price))
    counts = families.rank if part.by == "rank" else families.children
    for one in part.prices or ():
        prices = prices.put(counted(counts, one.of), Fraction(one.price))
    return prices


def in_bands(measured: Prices, grid: Sequence[Span], bounds: Bounds) -> Prices:
    """What the band that holds each measure gives; the first one where several would."""
    given = Prices.nothing(len(measured.exact))
    met = ~measured.known
    for band in grid:
        here = _held(measured.exact, band, bounds) & ~met
        met = met | here
        if band.value is not None:
            given = given.put(here, Fraction(band.value))
    return given


def on_line(measure: Exact, part: LinearPart) -> Exact:
    """The price on the straight line between the two points that hold each measure."""
    first, last = part.points[0], part.points[-1]
    price = measure.times(Fraction(0)).plus(Fraction(first.price))
    for left, right in pairwise(part.points):
        slope = Fraction(right.price - left.price) / Fraction(right.at - left.at)
        start = Fraction(left.price) - Fraction(left.at) * slope
        beyond = ~measure.below(Fraction(left.at))
        price = measure.times(slope).plus(start).where_rows(beyond, price)
    return price.where(measure.below(Fraction(last.at)), Fraction(last.price))


def counted(counts: Ints, of: str) -> Flags:
    """The rows whose count (never the unknown one) is `2`, in `4-7` or in `8+`."""
    span = Counts.read(of)
    chosen = counts >= span.first
    if span.last is not None:
        chosen = chosen & (counts <= span.last)
    return np.asarray(chosen, dtype=np.bool_)


def _in_its_bands(measured: Prices, families: Households, tariff: BandsTariff) -> Prices:
    bounds = tariff.bands.bounds
    prices = in_bands(measured, tariff.bands.grid, bounds)
    own = next((m for m in tariff.modifiers if isinstance(m, NonResident)), None)
    if own is None or own.grid is None:
        return prices
    theirs = in_bands(measured, own.grid, bounds)
    return Prices(
        prices.exact.where_rows(~families.away, theirs.exact),
        np.where(families.away, theirs.known, prices.known),
    )


def _held(measure: Exact, band: Span, bounds: Bounds) -> Flags:
    low, high = Fraction(band.lower), None if band.upper is None else Fraction(band.upper)
    match bounds:
        case Bounds.LOWER_INCLUDED:
            within = ~measure.below(low)
            return within if high is None else within & measure.below(high)
        case Bounds.UPPER_INCLUDED:
            within = measure.above(low)
            if low == 0:
                within = within | ~(measure.below(low) | measure.above(low))
        case Bounds.BOTH_INCLUDED:
            within = ~measure.below(low)
    return within if high is None else within & ~measure.above(high)


def _at_rate(measured: Prices, families: Households, tariff: EffortRateTariff) -> Prices:
    part = tariff.effort_rate
    rates = Prices.nothing(len(families))
    if part.rate is not None:
        rates = rates.put(~rates.known, Fraction(part.rate))
    for one in part.rates or ():
        rates = rates.put(counted(families.children, one.children), Fraction(one.rate))
    price = measured.exact.times_rows(rates.exact).times(_PERCENT)
    if part.price.min is not None:
        price = price.at_least(Fraction(part.price.min))
    if part.price.max is not None:
        price = price.at_most(Fraction(part.price.max))
    return Prices(price, measured.known & rates.known)
