"""Modifiers by the million: the steps of `services.tariff.engine.modifying`, in columns."""

from fractions import Fraction

from services.tariff.engine.many.exact import Exact, Flags
from services.tariff.engine.many.fees import Prices, none_of
from services.tariff.engine.many.households import Households, unknown
from services.tariff.engine.many.methods import counted
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
from services.tariff.language.words import When

_WHOLE = 100


def lacking(families: Households, tariff: LocalTariff) -> Flags:
    """The families of whom nobody knows something that their price depends on."""
    lack = none_of(len(families))
    for modifier in tariff.modifiers:
        lack = lack | _lacks(families, modifier)
    return lack


def prices_instead(families: Households, tariff: LocalTariff) -> Prices:
    """The prices that stand in the place of the method's: the first of the tariff that applies."""
    instead = Prices.nothing(len(families))
    for modifier in tariff.modifiers:
        match modifier:
            case OtherFund(price=price):
                instead = instead.put(families.other_fund & ~instead.known, Fraction(price))
            case NonResident(price=price) if price is not None:
                instead = instead.put(families.away & ~instead.known, Fraction(price))
    return instead


def modified(prices: Prices, families: Households, tariff: LocalTariff) -> Prices:
    """The prices after each modifier, in the order of the tariff, then within its bounds."""
    for modifier in tariff.modifiers:
        prices = _apply(modifier, prices, families)
    price = prices.exact
    if tariff.price is not None and tariff.price.min is not None:
        price = price.at_least(Fraction(tariff.price.min))
    if tariff.price is not None and tariff.price.max is not None:
        price = price.at_most(Fraction(tariff.price.max))
    return Prices(price, prices.known)


def _lacks(families: Households, modifier: Modifier) -> Flags:
    match modifier:
        case NonResident(no_price=no_price):
            return families.unplaced | families.away if no_price else families.unplaced
        case Surcharge(when=When.NON_RESIDENT):
            return families.unplaced
        case Sibling():
            return unknown(families.rank)
        case Children():
            return unknown(families.children)
        case _:
            return none_of(len(families))


def _apply(modifier: Modifier, prices: Prices, families: Households) -> Prices:
    match modifier:
        case NonResident() if not modifier.replaces:
            return prices.changed(families.away, _raised(modifier, prices.exact))
        case Sibling():
            for cut in modifier.ranks:
                rows = counted(families.rank, cut.rank)
                prices = prices.changed(rows, _reduced(prices.exact, Fraction(cut.percent)))
            return prices
        case Children():
            rows = families.children >= modifier.at_least
            return prices.changed(rows, _reduced(prices.exact, Fraction(modifier.percent)))
        case Reduction():
            rows = families.granted[modifier.name]
            return prices.changed(rows, _granted(modifier, prices.exact))
        case _:
            return prices


def _raised(modifier: NonResident, price: Exact) -> Exact:
    if modifier.factor is not None:
        return price.times(Fraction(modifier.factor))
    if modifier.add is not None:
        return price.plus(Fraction(modifier.add))
    return price.times((_WHOLE + Fraction(modifier.percent or 0)) / _WHOLE)


def _reduced(price: Exact, percent: Fraction) -> Exact:
    return price.times((_WHOLE - percent) / _WHOLE)


def _granted(modifier: Reduction, price: Exact) -> Exact:
    """After a reduction; its minimum never makes a price dearer than it was before."""
    reduced = _reduced(price, Fraction(modifier.percent))
    if modifier.min is None:
        return reduced
    least = Fraction(modifier.min)
    cheap = price.below(least)  # the price itself is under the minimum: it stays
    return reduced.at_least(least).where_rows(~cheap, price)
