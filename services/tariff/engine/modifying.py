"""Modifiers: from the method's price to the one that this family pays. One operation each."""

from decimal import Decimal
from fractions import Fraction

from services.tariff.engine.billing import unsettled
from services.tariff.engine.fee import exact
from services.tariff.engine.household import LocalSituation, Regime
from services.tariff.engine.methods import bounded
from services.tariff.engine.trace import Trace
from services.tariff.language.local import LocalTariff
from services.tariff.language.modifiers import (
    Children,
    Modifier,
    NonResident,
    OtherFund,
    Reduction,
    Sibling,
    Surcharge,
)
from services.tariff.language.policies import Policy
from shared.decisions import Verdict

_WHOLE = 100
_NONE = Decimal(0)


def lacking(situation: LocalSituation, tariff: LocalTariff) -> Policy | None:
    """What nobody knows although the price depends on it; None when all is known."""
    for modifier in tariff.modifiers:
        found = _lacks(situation, modifier)
        if found is not None:
            return found
    return None


def _lacks(situation: LocalSituation, modifier: Modifier) -> Policy | None:
    match modifier:
        case NonResident(no_price=no_price):
            if situation.resident is Verdict.UNKNOWN:
                return Policy.RESIDENCE_UNKNOWN
            return Policy.NON_RESIDENT if no_price and situation.resident is Verdict.NO else None
        case Surcharge() if unsettled(modifier, situation.resident):
            return Policy.RESIDENCE_UNKNOWN
        case Sibling() if situation.rank is None:
            return Policy.RANK_UNKNOWN
        case Children() if situation.children is None:
            return Policy.CHILDREN_UNKNOWN
        case _:
            return None


def price_instead(situation: LocalSituation, tariff: LocalTariff, trace: Trace) -> Fraction | None:
    """The price that stands in the place of the method's, when the family has one."""
    for modifier in tariff.modifiers:
        match modifier:
            case OtherFund(price=price) if situation.regime is Regime.OTHER:
                trace.applied("other_fund", str(price), modifier)
                return trace.did("other_fund", "price outside the CAF and MSA", {}, Fraction(price))
            case NonResident(price=price) if price is not None and _away(situation):
                trace.applied("non_resident", str(price), modifier)
                return trace.did("non_resident_price", "price", {}, Fraction(price))
    return None


def modified(
    price: Fraction, situation: LocalSituation, tariff: LocalTariff, trace: Trace
) -> Fraction:
    """The price after each modifier, in the order of the tariff, then within its bounds."""
    for modifier in tariff.modifiers:
        price = _apply(modifier, price, situation, trace)
    if tariff.price is None:
        return price
    said = " - ".join(str(b) for b in (tariff.price.min, tariff.price.max) if b is not None)
    trace.applied("price", said, tariff.price)
    return bounded("price_bounds", price, tariff.price.min, tariff.price.max, trace)


def _apply(
    modifier: Modifier, price: Fraction, situation: LocalSituation, trace: Trace
) -> Fraction:
    match modifier:
        case NonResident() if _away(situation) and not modifier.replaces:
            return _raised(modifier, price, trace)
        case Sibling():
            percent = modifier.percent_of(situation.rank or 1)
            if percent is None:
                return price
            return _reduced(price, modifier, percent, {"rank": str(situation.rank)}, trace)
        case Children(percent=percent) if (situation.children or 0) >= modifier.at_least:
            said = {"children": str(situation.children), "at_least": str(modifier.at_least)}
            return _reduced(price, modifier, percent, said, trace)
        case Reduction() if modifier.name in situation.granted:
            return _granted(modifier, price, trace)
        case _:
            return price


def _away(situation: LocalSituation) -> bool:
    return situation.resident is Verdict.NO


def _raised(modifier: NonResident, price: Fraction, trace: Trace) -> Fraction:
    """The price of a non-resident: multiplied, or raised by euros or by a percentage."""
    if modifier.factor is not None:
        way, value, formula = "factor", modifier.factor, "price * factor"
        result = price * Fraction(value)
    elif modifier.add is not None:
        way, value, formula = "add", modifier.add, "price + add"
        result = price + Fraction(value)
    else:
        way, value, formula = "percent", modifier.percent or _NONE, "price * (100 + percent) / 100"
        result = price * (_WHOLE + Fraction(value)) / _WHOLE
    trace.applied("non_resident", str(value), modifier)
    return trace.did("non_resident", formula, {"price": exact(price), way: str(value)}, result)


def _reduced(
    price: Fraction,
    modifier: Sibling | Children | Reduction,
    percent: Decimal,
    said: dict[str, str],
    trace: Trace,
) -> Fraction:
    trace.applied(modifier.kind, str(percent), modifier)
    return trace.did(
        modifier.kind,
        "price * (100 - percent) / 100",
        {"price": exact(price), "percent": str(percent), **said},
        price * (_WHOLE - Fraction(percent)) / _WHOLE,
    )


def _granted(modifier: Reduction, price: Fraction, trace: Trace) -> Fraction:
    """The price after a reduction; its minimum never makes it dearer than it was before."""
    said = {"name": modifier.name, "label": modifier.label or modifier.name}
    reduced = _reduced(price, modifier, modifier.percent, said, trace)
    if modifier.min is None:
        return reduced
    return trace.did(
        "reduction_min",
        "min(max(reduced, min), price)",
        {"reduced": exact(reduced), "min": str(modifier.min), "price": exact(price)},
        min(max(reduced, Fraction(modifier.min)), price),
    )
