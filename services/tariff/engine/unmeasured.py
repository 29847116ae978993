"""What stands in for a price when the figure that it rests on did not come: the tariff's policy."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from services.tariff.engine.fee import FIXED_PRICE
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.methods import grid_of
from services.tariff.engine.trace import Trace
from services.tariff.language.local import (
    BandsTariff,
    EffortRateTariff,
    LinearTariff,
    MeasuredTariff,
)
from services.tariff.language.missing import FixedPrice
from services.tariff.language.policies import Policy
from services.tariff.language.words import Missing
from shared.decisions import Verdict


def price_for_want_of_data(
    situation: LocalSituation, tariff: MeasuredTariff, trace: Trace
) -> tuple[Fraction, Missing | str] | Policy:
    """The provisional price of a unit and the policy that gives it; a policy alone: review."""
    policy = tariff.missing_data
    price = price_without_measure(tariff, away=situation.resident is Verdict.NO)
    if policy is None or price is None:
        return Policy.RESOURCES_UNKNOWN
    if isinstance(policy, FixedPrice):
        trace.applied("missing_data", str(policy.price), policy)
        formula = "price, for want of a measure"
        return trace.did("missing_data", formula, {}, price), FIXED_PRICE
    lowest = policy is Missing.FLOOR
    formula = f"{'lowest' if lowest else 'highest'} price, for want of a measure"
    return trace.did("missing_data", formula, {"policy": policy.value}, price), policy


def price_without_measure(tariff: MeasuredTariff, *, away: bool) -> Fraction | None:
    """The exact price that the policy gives to residents, or to who lives elsewhere."""
    policy = tariff.missing_data
    if isinstance(policy, FixedPrice):
        return Fraction(policy.price)
    if policy is None or policy is Missing.REVIEW:
        return None
    prices = _prices(tariff, away=away)
    return Fraction(min(prices) if policy is Missing.FLOOR else max(prices))


def _prices(tariff: MeasuredTariff, *, away: bool) -> Sequence[Decimal]:
    """The prices that the method can give to this family, or the bounds of them."""
    match tariff:
        case BandsTariff():
            grid, _ = grid_of(tariff, away=away)
            return [band.value for band in grid if band.value is not None]
        case LinearTariff():
            return [point.price for point in tariff.linear.points]
        case EffortRateTariff():
            bounds = tariff.effort_rate.price
            return [price for price in (bounds.min, bounds.max) if price is not None]
    raise TypeError(f"{tariff.method} has no price for want of data")
