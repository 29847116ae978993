"""The PSU method, step by step: each function does one operation and writes it down.

monthly resources = annual / 12, within the floor and the ceiling of the date; hourly price =
resources x rate / 100, the rate by children and care type, one bracket further per AEEH child.
"""

from decimal import Decimal
from fractions import Fraction

from services.tariff.engine.fee import Operation, exact
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.psu import RateColumn
from services.tariff.language.words import Missing
from shared.money import Money, Rounding, round_to_cents

_MONTHS = 12
_PERCENT = 100


def twelfth(annual: Money) -> tuple[Fraction, Operation]:
    """Monthly resources, exact, in euros."""
    monthly = annual.exact / _MONTHS
    return monthly, Operation(
        step="monthly_resources",
        formula="annual_resources / 12",
        inputs={"annual_resources": str(annual)},
        result=exact(monthly),
    )


def bounded(monthly: Fraction, floor: Money, ceiling: Money) -> tuple[Fraction, Operation]:
    """Monthly resources as the scale counts them, between floor and ceiling."""
    counted = min(max(monthly, floor.exact), ceiling.exact)
    return counted, Operation(
        step="counted_resources",
        formula="min(max(monthly_resources, floor), ceiling)",
        inputs={
            "monthly_resources": exact(monthly),
            "floor": str(floor),
            "ceiling": str(ceiling),
        },
        result=exact(counted),
    )


def unknown(floor: Money, ceiling: Money, policy: Missing) -> tuple[Fraction, Operation]:
    """Monthly resources that stand in for those that nobody knows: one of the two bounds."""
    at_floor = policy is Missing.FLOOR
    counted = floor if at_floor else ceiling
    return counted.exact, Operation(
        step="counted_resources",
        formula=f"{'floor' if at_floor else 'ceiling'}, for want of resources",
        inputs={"floor": str(floor), "ceiling": str(ceiling), "policy": policy.value},
        result=exact(counted.exact),
    )


def fixed_price(price: Decimal) -> tuple[Fraction, Operation]:
    """The hourly price that a structure fixes for those of whom nothing is known."""
    return Fraction(price), Operation(
        step="hourly_exact",
        formula="price, for want of resources",
        inputs={"price": str(price)},
        result=exact(Fraction(price)),
    )


def rate_of(situation: Situation, column: RateColumn) -> tuple[Decimal, list[Operation]]:
    """The rate in percent, by children, then by AEEH children when there are any."""
    own = column.bracket_at(situation.children)
    operations = [_by_children(situation, column)]
    if not situation.aeeh_children:
        return own.rate, operations
    shifted = column.bracket_at(situation.children, shift=situation.aeeh_children)
    operations.append(
        Operation(
            step="rate_after_aeeh",
            formula="rate one bracket further per AEEH child, never beyond the last",
            inputs={
                "bracket": own.children,
                "aeeh_children": str(situation.aeeh_children),
                "shifted_bracket": shifted.children,
            },
            result=str(shifted.rate),
        )
    )
    return shifted.rate, operations


def _by_children(situation: Situation, column: RateColumn) -> Operation:
    table = "; ".join(f"{bracket.children}: {bracket.rate}" for bracket in column.brackets)
    return Operation(
        step="rate",
        formula="rate of the bracket that holds children",
        inputs={
            "care_type": situation.care_type.value,
            "children": str(situation.children),
            "brackets": table,
        },
        result=str(column.bracket_at(situation.children).rate),
    )


def hourly_price(counted: Fraction, rate: Decimal) -> tuple[Fraction, Operation]:
    """The price of an hour before rounding, in euros."""
    price = counted * Fraction(rate) / _PERCENT
    return price, Operation(
        step="hourly_exact",
        formula="counted_resources * rate / 100",
        inputs={"counted_resources": exact(counted), "rate": str(rate)},
        result=exact(price),
    )


def hourly_rounded(price: Fraction, rounding: Rounding) -> tuple[Money, Operation]:
    """The price of an hour in cents."""
    hourly = round_to_cents(price, rounding)
    return hourly, Operation(
        step="hourly",
        formula="round(hourly_exact, 0.01)",
        inputs={"hourly_exact": exact(price), "rounding": rounding.value},
        result=str(hourly),
    )


def spread(contract: Contract) -> Operation:
    """The hours of a contract, month by month."""
    return Operation(
        step="monthly_hours",
        formula="round(contract_hours / instalments, 0.01)",
        inputs={
            "contract_hours": str(contract.hours),
            "instalments": str(contract.instalments),
            "rounding": Rounding.HALF_UP.value,
        },
        result=str(contract.monthly_hours),
    )


def price_of_hours(price: Fraction, hours: Fraction, rounding: Rounding) -> Money:
    """A line of an invoice in cents: so many hours (minutes are sixtieths) at a price in euros."""
    return round_to_cents(price * hours, rounding)


def monthly_amount(price: Fraction, hours: Decimal, rounding: Rounding) -> tuple[Money, Operation]:
    """The amount of a month in cents, from the price that the stage of rounding commands."""
    monthly = price_of_hours(price, Fraction(hours), rounding)
    return monthly, Operation(
        step="monthly",
        formula="round(hourly_price * monthly_hours, 0.01)",
        inputs={
            "hourly_price": exact(price),
            "monthly_hours": str(hours),
            "rounding": rounding.value,
        },
        result=str(monthly),
    )
