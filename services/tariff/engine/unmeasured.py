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


def price_for_want_of_data(
    situation: LocalSituation, tariff: MeasuredTariff, trace: Trace
) -> tuple[Fraction, Missing | str] | Policy:
    """The provisional price of a unit and the policy that gives it; a policy alone: review."""
    policy = tariff.missing_data
    if isinstance(policy, FixedPrice):
        trace.applied("missing_data", str(policy.price), policy)
        price = trace.did(
            "missing_data", "price, for want of a measure", {}, Fraction(policy.price)
        )
        return price, FIXED_PRICE
    if policy is None or policy is Missing.REVIEW:
        return Policy.RESOURCES_UNKNOWN
    prices = _prices(situation, tariff)
    lowest = policy is Missing.FLOOR
    price = Fraction(min(prices) if lowest else max(prices))
    formula = f"{'lowest' if lowest else 'highest'} price, for want of a measure"
    return trace.did("missing_data", formula, {"policy": policy.value}, price), policy


def _prices(situation: LocalSituation, tariff: MeasuredTariff) -> Sequence[Decimal]:
    """The prices that the method can give to this family, or the bounds of them."""
    match tariff:
        case BandsTariff():
            grid, _ = grid_of(situation, tariff)
            return [band.value for band in grid if band.value is not None]
        case LinearTariff():
            return [point.price for point in tariff.linear.points]
        case EffortRateTariff():
            bounds = tariff.effort_rate.price
            return [price for price in (bounds.min, bounds.max) if price is not None]
    raise TypeError(f"{tariff.method} has no price for want of data")
