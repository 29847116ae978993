"""Billing: from an exact price to cents, with surcharges as lines of their own, and to a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from services.tariff.engine.fee import Line, exact
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.psu import spread
from services.tariff.engine.trace import Trace
from services.tariff.language.modifiers import Surcharge
from services.tariff.language.words import Stage, Unit, When
from shared.decisions import Verdict
from shared.money import Money, Rounding, round_to_cents

OWN_LINE = "Prix du barème"
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Bill:
    """The price of a unit: exact, in cents, and line by line."""

    exact: Fraction
    price: Money
    lines: tuple[Line, ...]


def bill(
    price: Fraction,
    surcharges: tuple[Surcharge, ...],
    *,
    rounding: Rounding,
    trace: Trace,
    line: str = OWN_LINE,
) -> Bill:
    """Round a price and each surcharge by itself; the sum of the lines is what is billed."""
    whole, lines = price, [Line(line, round_to_cents(price, rounding))]
    for surcharge in surcharges:
        raised = _surcharge(surcharge, price, rounding, trace)
        whole += raised
        lines.append(Line(surcharge.label, round_to_cents(raised, rounding)))
    total = Money(sum(one.amount.cents for one in lines))
    if surcharges:
        said = {str(n): str(one.amount) for n, one in enumerate(lines, start=1)}
        trace.did("total", "sum of the lines", said, total.exact)
    return Bill(whole, total, tuple(lines))


def unsettled(surcharge: Surcharge | None, resident: Verdict) -> bool:
    """Whether a surcharge depends on a residence that nobody knows."""
    if surcharge is None or surcharge.when is When.ALWAYS:
        return False
    return resident is Verdict.UNKNOWN


def owing(surcharges: Iterable[Surcharge | None], resident: Verdict) -> tuple[Surcharge, ...]:
    """The surcharges that a family owes."""
    return tuple(
        surcharge
        for surcharge in surcharges
        if surcharge is not None and (surcharge.when is When.ALWAYS or resident is Verdict.NO)
    )


def rounded(price: Fraction, rounding: Rounding, trace: Trace) -> Money:
    """The price of a unit in cents."""
    cents = round_to_cents(price, rounding)
    trace.did(
        "price",
        "round(price_exact, 0.01)",
        {"price_exact": exact(price), "rounding": rounding.value},
        cents.exact,
    )
    return cents


def month(
    bill: Bill,
    situation: LocalSituation,
    unit: Unit,
    *,
    rounding: Rounding,
    stage: Stage,
    trace: Trace,
) -> Money | None:
    """The amount of a month in cents; None when its units are not known."""
    units = situation.units_of(unit)
    if units is None or unit in {Unit.YEAR, Unit.ONCE}:
        return None
    if unit is Unit.MONTH:
        return bill.price
    _count(situation, unit, units, trace)
    price = bill.exact if stage is Stage.MONTH else bill.price.exact
    monthly = round_to_cents(price * units, rounding)
    trace.did(
        "monthly",
        "round(price * monthly_units, 0.01)",
        {"price": exact(price), "monthly_units": exact(units), "rounding": rounding.value},
        monthly.exact,
    )
    return monthly


def _count(situation: LocalSituation, unit: Unit, units: Fraction, trace: Trace) -> None:
    """Write down where the units of a month come from, when they come from hours."""
    if situation.units is not None or situation.hours is None:
        return
    if situation.contract is not None:
        trace.add(spread(situation.contract))
    hours = situation.hours
    trace.did(
        "monthly_units",
        f"monthly_hours in units of one {unit}",
        {"monthly_hours": str(hours), "unit": unit.value},
        units,
    )


def _surcharge(surcharge: Surcharge, price: Fraction, rounding: Rounding, trace: Trace) -> Fraction:
    if surcharge.amount is not None:
        raised, formula = Fraction(surcharge.amount), "amount"
        inputs = {"label": surcharge.label, "amount": str(surcharge.amount)}
    else:
        percent = surcharge.percent or 0
        raised, formula = price * Fraction(percent) / _PERCENT, "price * percent / 100"
        inputs = {"label": surcharge.label, "price": exact(price), "percent": str(percent)}
    trace.applied("surcharge", inputs.get("amount") or f"{inputs['percent']} %", surcharge)
    trace.did(
        "surcharge",
        f"round({formula}, 0.01)",
        {**inputs, "rounding": rounding.value},
        round_to_cents(raised, rounding).exact,
    )
    return raised
