"""What a local tariff needs to know of a family: nothing else is asked, priced or recorded."""

from collections.abc import Iterator

from services.tariff.language.local import (
    AwardTariff,
    EffortRateTariff,
    FlatTariff,
    LocalTariff,
    MeasuredTariff,
)
from services.tariff.language.methods import (
    ChildrenCondition,
    DisabledChildCondition,
    GrantedCondition,
    ResidentCondition,
)
from services.tariff.language.modifiers import (
    Children,
    NonResident,
    OtherFund,
    Reduction,
    Sibling,
    Surcharge,
)
from services.tariff.language.words import MeasureKind, Unit, When

_BY_HOURS = {Unit.HOUR, Unit.HALF_HOUR, Unit.QUARTER_HOUR}
_WITHOUT_UNITS = {Unit.MONTH, Unit.YEAR, Unit.ONCE}


def needs(tariff: LocalTariff) -> frozenset[str]:
    """The fields of `LocalSituation` that this tariff can use."""
    return frozenset(_all(tariff))


def names_of(tariff: LocalTariff) -> frozenset[str]:
    """The reductions and conditions that somebody may ascertain, in the tariff's words."""
    names = {m.name for m in tariff.modifiers if isinstance(m, Reduction)}
    if isinstance(tariff, AwardTariff):
        names |= {c.name for c in tariff.award.conditions if isinstance(c, GrantedCondition)}
    return frozenset(names)


def _all(tariff: LocalTariff) -> Iterator[str]:
    if isinstance(tariff, MeasuredTariff):
        yield from _of_measure(tariff)
    yield from _of_method(tariff)
    yield from _of_modifiers(tariff)
    if tariff.unit not in _WITHOUT_UNITS:
        yield "units"
    if tariff.unit in _BY_HOURS:
        yield from ("monthly_hours", "contract")
    if names_of(tariff):
        yield "granted"


def _of_measure(tariff: MeasuredTariff) -> Iterator[str]:
    if tariff.measure.kind is MeasureKind.QUOTIENT_FAMILIAL:
        yield "quotients"
    else:
        yield "income_of_reference" if tariff.measure.of_income else "annual_resources"
    if tariff.measure.per_part:
        yield "parts_hundredths"


def _of_method(tariff: LocalTariff) -> Iterator[str]:
    match tariff:
        case EffortRateTariff() if tariff.effort_rate.rates:
            yield "children"
        case FlatTariff() if tariff.flat.by is not None:
            yield tariff.flat.by
        case AwardTariff():
            yield from _of_conditions(tariff)


def _of_conditions(tariff: AwardTariff) -> Iterator[str]:
    for condition in tariff.award.conditions:
        match condition:
            case ResidentCondition():
                yield "resident"
            case ChildrenCondition():
                yield "children"
            case DisabledChildCondition():
                yield "aeeh_children"
            case GrantedCondition():
                yield "denied"


def _of_modifiers(tariff: LocalTariff) -> Iterator[str]:
    for modifier in tariff.modifiers:
        match modifier:
            case NonResident() | Surcharge(when=When.NON_RESIDENT):
                yield "resident"
            case Sibling():
                yield "rank"
            case Children():
                yield "children"
            case OtherFund():
                yield "regime"
            case _:
                pass
