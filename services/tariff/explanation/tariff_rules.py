"""The rules of a tariff as anybody reads them: what it takes, what it gives, where each was read.

Pure. A rule is a row: what it is about, its value, its source.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.tariff.explanation.modifier_rules import modifier_rows, surcharge_row
from services.tariff.explanation.paper import Table, table
from services.tariff.explanation.parameters import source_of, value_of
from services.tariff.explanation.prices import per
from services.tariff.explanation.typography import euros, number, plain_number
from services.tariff.language.grids import AwardBand, Band
from services.tariff.language.local import (
    AwardTariff,
    BandsTariff,
    EffortRateTariff,
    FlatTariff,
    LinearTariff,
    LocalTariff,
)
from services.tariff.language.measure import Measure
from services.tariff.language.methods import (
    ChildrenCondition,
    Condition,
    DisabledChildCondition,
    GrantedCondition,
    ResidentCondition,
)
from services.tariff.language.missing import FixedPrice
from services.tariff.language.psu import PsuTariff
from services.tariff.language.sourced import Sourced
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Bounds, MeasureKind, Missing

Row = tuple[str, str, str]

_HEAD = ("Règle", "Valeur", "Source")
_CARE = {
    "collectif": "accueil collectif",
    "familial_parental": "accueil familial ou parental",
    "micro_creche": "micro-crèche",
}
MEASURES = {
    MeasureKind.QUOTIENT_FAMILIAL: "quotient familial",
    MeasureKind.INCOME_OF_REFERENCE: "revenu fiscal de référence",
    MeasureKind.INCOME_OF_REFERENCE_PER_PART: "revenu fiscal de référence ÷ parts",
    MeasureKind.INCOME_OF_REFERENCE_PER_PART_MONTH: "revenu fiscal de référence ÷ 12 ÷ parts",
    MeasureKind.RESOURCES_MONTH: "ressources du mois",
    MeasureKind.RESOURCES_MONTH_PER_PART: "ressources du mois ÷ parts",
    MeasureKind.RESOURCES_YEAR: "ressources de l'année",
    MeasureKind.NONE: "aucune",
}
_BOUNDS = {
    Bounds.LOWER_INCLUDED: "chaque tranche commence à son premier montant et s'arrête juste avant "
    "le second",
    Bounds.UPPER_INCLUDED: "chaque tranche commence juste après son premier montant et comprend "
    "le second",
    Bounds.BOTH_INCLUDED: "chaque tranche comprend ses deux montants",
}
_MISSING = {
    Missing.FLOOR: "le prix le plus bas, à titre provisoire",
    Missing.CEILING: "le prix au plafond, à titre provisoire",
    Missing.HIGHEST_PRICE: "le prix le plus haut, à titre provisoire",
    Missing.REVIEW: "un agent examine le dossier",
}


def rules_table(tariff: Tariff) -> Table:
    """All the rules of a tariff."""
    return table(tariff.id, f"Les règles : {tariff.title}", _HEAD, tuple(_rows(tariff)))


def _rows(tariff: Tariff) -> Iterator[Row]:
    if isinstance(tariff, PsuTariff):
        yield from _psu(tariff)
    if isinstance(tariff, LocalTariff):
        yield from _local(tariff)
    yield from _always(tariff)


def _psu(tariff: PsuTariff) -> Iterator[Row]:
    bounds = tariff.monthly_resources
    for label, bound in (("Plancher", bounds.floor), ("Plafond", bounds.ceiling)):
        yield f"{label} de ressources, par mois", bound.value.in_french, _source(bound)
    if tariff.local_ceiling is not None:
        ceiling = tariff.local_ceiling
        yield "Plafond local, par mois", ceiling.value.in_french, _source(ceiling)
    for care, column in tariff.care.items():
        rates = (f"{_counted(b.children)} : {number(str(b.rate))} %" for b in column.brackets)
        yield f"Taux par heure, {_CARE[care]}", " ; ".join(rates), _source(column)
    shift = "le taux d'une tranche plus loin, pour chaque enfant concerné"
    yield "Enfant qui a droit à l'AEEH", shift, _source(tariff.aeeh)
    if tariff.surcharge is not None:
        yield surcharge_row(tariff.surcharge)


def _local(tariff: LocalTariff) -> Iterator[Row]:
    unit = per(tariff.unit)
    match tariff:
        case BandsTariff():
            yield from _measured(tariff.measure)
            yield from _bands(tariff.bands.grid, tariff.bands.bounds, unit, tariff.bands)
        case AwardTariff():
            yield from _measured(tariff.measure)
            yield from _bands(tariff.award.grid, tariff.award.bounds, unit, tariff.award)
            for condition in tariff.award.conditions:
                yield "Condition", _wanted(condition), _source(condition)
        case LinearTariff():
            yield from _measured(tariff.measure)
            for point in tariff.linear.points:
                at = f"À {_euros(point.at)}"
                yield at, f"{_euros(point.price)} {unit}", _source(tariff.linear)
            yield "Entre deux montants", "le prix suit une ligne droite", _source(tariff.linear)
        case EffortRateTariff():
            yield from _measured(tariff.measure)
            yield from _effort(tariff, unit)
        case FlatTariff():
            yield from _flat(tariff, unit)
        case _:
            return
    yield from _bounded(tariff, unit)
    for modifier in tariff.modifiers:
        yield from modifier_rows(modifier, unit)


def _measured(measure: Measure) -> Iterator[Row]:
    month = f", {_month(measure.month)}" if measure.month else ""
    cut = ", en euros entiers" if measure.cut else ""
    yield "Mesure", f"{MEASURES[measure.kind]}{month}{cut}", _source(measure)


def _month(month: str) -> str:
    if month == "current":
        return "celui du mois en cours"
    lowest = month.removeprefix("lowest_of_")
    return f"celui de {month}" if lowest == month else f"le plus bas des {lowest} derniers mois"


def _bands(
    grid: Sequence[Band | AwardBand], bounds: Bounds, unit: str, sourced: Sourced
) -> Iterator[Row]:
    for band in grid:
        span = f"À partir de {_euros(band.lower)}"
        if band.upper is not None:
            span = f"De {_euros(band.lower)} à {_euros(band.upper)}"
        given = "un agent examine" if band.value is None else f"{_euros(band.value)} {unit}"
        yield span, given, _source(sourced)
    yield "Bornes des tranches", _BOUNDS[bounds], _source(sourced)


def _wanted(condition: Condition) -> str:
    match condition:
        case ChildrenCondition(at_least=at_least):
            return f"avoir {at_least} enfants à charge ou plus"
        case DisabledChildCondition():
            return "avoir un enfant qui ouvre droit à l'AEEH"
        case GrantedCondition(label=label):
            return label
        case ResidentCondition():
            return "habiter sur le territoire"


def _effort(tariff: EffortRateTariff, unit: str) -> Iterator[Row]:
    part = tariff.effort_rate
    if part.rate is not None:
        yield "Taux", f"{plain_number(str(part.rate))} % de la mesure, {unit}", _source(part)
    for line in part.rates or ():
        rate = f"{plain_number(str(line.rate))} % de la mesure, {unit}"
        yield f"Taux, {_counted(line.children)}", rate, _source(part)
    for label, bound in (("le plus bas", part.price.min), ("le plus haut", part.price.max)):
        if bound is not None:
            yield f"Prix {label}", f"{_euros(bound)} {unit}", _source(part)


def _flat(tariff: FlatTariff, unit: str) -> Iterator[Row]:
    part = tariff.flat
    if part.price is not None:
        yield "Prix", f"{_euros(part.price)} {unit}", _source(part)
    noun = "Rang de l'enfant" if part.by == "rank" else "Enfants à charge"
    for line in part.prices or ():
        yield f"{noun} : {_count(line.of)}", f"{_euros(line.price)} {unit}", _source(part)


def _bounded(tariff: LocalTariff, unit: str) -> Iterator[Row]:
    bounds = tariff.price
    if bounds is None:
        return
    for label, bound in (("le plus bas", bounds.min), ("le plus haut", bounds.max)):
        if bound is not None:
            yield f"Prix {label}", f"{_euros(bound)} {unit}", _source(bounds)


def _always(tariff: Tariff) -> Iterator[Row]:
    rule = tariff.rounding
    when = value_of("stage", rule.stage.value)
    yield "Arrondi", f"{value_of('rounding', rule.mode.value)}, {when}", _source(rule)
    match tariff.missing_data:
        case FixedPrice() as fixed:
            yield "Sans données", f"{_euros(fixed.price)}, à titre provisoire", _source(fixed)
        case Missing() as word:
            yield "Sans données", _MISSING[word], tariff.legal_basis
        case None:
            yield "Sans données", _MISSING[Missing.REVIEW], "règle par défaut du logiciel"


def _counted(count: str) -> str:
    return f"{_count(count)} enfant{'' if count == '1' else 's'}"


def _count(count: str) -> str:
    first, _, last = count.rstrip("+").partition("-")
    if count.endswith("+"):
        return f"{first} ou plus"
    return f"{first} à {last}" if last else first


def _euros(value: Decimal) -> str:
    return euros(str(value))


def _source(sourced: Sourced) -> str:
    return source_of(sourced.model_dump(mode="json"))
