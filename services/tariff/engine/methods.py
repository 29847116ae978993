"""The local methods: from a measure to the price of a unit before any modifier. One operation each.

Sources of the formulas: tariffs of the worked examples (bands); interpolation between two points
(linear); Entr'ouvert's Lingo, `kind=effort` (effort rate: the bounds are on the price).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from services.tariff.engine.fee import exact
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.trace import Trace
from services.tariff.language.grids import Span
from services.tariff.language.local import (
    BandsTariff,
    EffortRateTariff,
    FlatTariff,
    LinearTariff,
    MeasuredTariff,
)
from services.tariff.language.methods import Point
from services.tariff.language.modifiers import NonResident
from services.tariff.language.policies import Policy
from services.tariff.language.sourced import Sourced
from services.tariff.language.words import Bounds
from shared.decisions import Verdict

_PERCENT = 100


def method_price(
    measure: Fraction, situation: LocalSituation, tariff: MeasuredTariff, trace: Trace
) -> Fraction | Policy:
    """The price of a unit, exact, in euros; `NO_BAND` when the published grid has a hole there."""
    match tariff:
        case BandsTariff():
            grid, said_by = grid_of(tariff, away=situation.resident is Verdict.NO)
            trace.applied("bands", tariff.bands.bounds.value, said_by)
            return in_bands(measure, grid, tariff.bands.bounds, trace)
        case LinearTariff():
            trace.applied("linear", str(len(tariff.linear.points)), tariff.linear)
            return on_line(measure, tariff.linear.points, trace)
        case EffortRateTariff():
            return _at_rate(measure, situation, tariff, trace)
    raise TypeError(f"{tariff.method} gives no price by a measure")


def grid_of(tariff: BandsTariff, *, away: bool) -> tuple[Sequence[Span], Sourced]:
    """The grid that applies to a family: those who live elsewhere (`away`) may have their own."""
    own = next((m for m in tariff.modifiers if isinstance(m, NonResident)), None)
    if own is not None and own.grid is not None and away:
        return own.grid, own
    return tariff.bands.grid, tariff.bands


def in_bands(
    measure: Fraction, grid: Sequence[Span], bounds: Bounds, trace: Trace
) -> Fraction | Policy:
    """What the band that holds a measure gives."""
    band = next((band for band in grid if band.holds(measure, bounds)), None)
    if band is None or band.value is None:
        return Policy.NO_BAND
    return trace.did(
        "band",
        "value of the band that holds measure",
        {
            "measure": exact(measure),
            "bounds": bounds.value,
            "from": str(band.lower),
            "to": "" if band.upper is None else str(band.upper),
            "band": str(1 + grid.index(band)),
            "bands": str(len(grid)),
        },
        Fraction(band.value),
    )


def on_line(measure: Fraction, points: Sequence[Point], trace: Trace) -> Fraction:
    """The price on the straight line between the two points that hold a measure."""
    first, last = points[0], points[-1]
    for end, beyond in ((first, measure <= first.at), (last, measure >= last.at)):
        if beyond:
            return trace.did(
                "linear",
                "price of the first point" if end is first else "price of the last point",
                {"measure": exact(measure), "at": str(end.at)},
                Fraction(end.price),
            )
    left, right = next((a, b) for a, b in pairwise(points) if a.at <= measure < b.at)
    rise, run = Fraction(right.price - left.price), Fraction(right.at - left.at)
    return trace.did(
        "linear",
        "price + (measure - at) * (next_price - price) / (next_at - at)",
        {
            "measure": exact(measure),
            "at": str(left.at),
            "price": str(left.price),
            "next_at": str(right.at),
            "next_price": str(right.price),
        },
        Fraction(left.price) + (measure - Fraction(left.at)) * rise / run,
    )


def _at_rate(
    measure: Fraction, situation: LocalSituation, tariff: EffortRateTariff, trace: Trace
) -> Fraction | Policy:
    part = tariff.effort_rate
    rate = part.rate_of(situation.children)
    if rate is None:
        return Policy.CHILDREN_UNKNOWN
    inputs = {"measure": exact(measure), "rate": str(rate)}
    if part.rates:
        inputs["children"] = str(situation.children)
    trace.applied("effort_rate", str(rate), part)
    price = measure * Fraction(rate) / _PERCENT
    trace.did("effort_rate", "measure * rate / 100", inputs, price)
    low, high = part.price.min, part.price.max
    if low is None and high is None:
        return price
    return bounded("effort_bounds", price, low, high, trace)


def bounded(
    step: str, price: Fraction, low: object | None, high: object | None, trace: Trace
) -> Fraction:
    """A price between its bounds; `low` and `high` are decimals of euros, or None."""
    inputs = {"price": exact(price)}
    kept = price
    if low is not None:
        inputs["min"], kept = str(low), max(kept, Fraction(str(low)))
    if high is not None:
        inputs["max"], kept = str(high), min(kept, Fraction(str(high)))
    formula = {
        (True, True): "min(max(price, min), max)",
        (True, False): "max(price, min)",
        (False, True): "min(price, max)",
    }[low is not None, high is not None]
    return trace.did(step, formula, inputs, kept)


def flat_price(situation: LocalSituation, tariff: FlatTariff, trace: Trace) -> Fraction | Policy:
    """The one price, or that of the child's rank or of so many children."""
    part = tariff.flat
    if part.price is not None:
        trace.applied("flat", str(part.price), part)
        return trace.did("flat", "price", {}, Fraction(part.price))
    count = situation.rank if part.by == "rank" else situation.children
    price = None if count is None else part.price_of(count)
    if price is None:
        return Policy.RANK_UNKNOWN if part.by == "rank" else Policy.CHILDREN_UNKNOWN
    trace.applied("flat", str(price), part)
    return trace.did("flat", f"price by {part.by}", {str(part.by): str(count)}, Fraction(price))
