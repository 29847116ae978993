"""Aids by the million: the steps of `services.tariff.engine.awarding`, in columns."""

from services.tariff.engine.many.exact import Flags
from services.tariff.engine.many.fees import Prices, all_of
from services.tariff.engine.many.households import Households
from services.tariff.engine.many.measuring import measure
from services.tariff.engine.many.methods import in_bands
from services.tariff.language.local import AwardTariff
from services.tariff.language.methods import (
    ChildrenCondition,
    Condition,
    DisabledChildCondition,
    GrantedCondition,
    ResidentCondition,
)


def amounts(families: Households, tariff: AwardTariff) -> Prices:
    """The amount of each aid in euros; none where it is refused, or where an agent looks."""
    met = all_of(len(families))
    for condition in tariff.award.conditions:
        met = met & _met(condition, families)
    measured, _ = measure(families, tariff)
    given = in_bands(measured, tariff.award.grid, tariff.award.bounds)
    return Prices(given.exact, given.known & met & (given.exact.top > 0))


def _met(condition: Condition, families: Households) -> Flags:
    match condition:
        case ResidentCondition():
            return ~(families.away | families.unplaced)
        case ChildrenCondition(at_least=at_least):
            return families.children >= at_least
        case DisabledChildCondition():
            return families.aeeh_children >= 1
        case GrantedCondition(name=name):
            return families.granted[name]
