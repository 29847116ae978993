"""What changes a price, as anybody reads it: rows of a rule, its value, its source. Pure."""

from collections.abc import Iterator

from services.tariff.explanation.parameters import source_of
from services.tariff.explanation.typography import euros, plain_number
from services.tariff.language.modifiers import (
    Children,
    Modifier,
    NonResident,
    OtherFund,
    Reduction,
    Sibling,
    Surcharge,
)
from services.tariff.language.sourced import Sourced
from services.tariff.language.words import When

Row = tuple[str, str, str]


def modifier_rows(modifier: Modifier, unit: str) -> Iterator[Row]:
    """The rules of one modifier; `unit` is what a price is for, such as « par heure »."""
    source = _source(modifier)
    match modifier:
        case NonResident():
            yield from ((rule, value, source) for rule, value in _non_resident(modifier, unit))
        case Sibling():
            for cut in modifier.ranks:
                label = f"Enfant de rang {_rank(cut.rank)} parmi les inscrits"
                yield label, f"{_number(cut.percent)} % de moins", source
        case Children():
            label = f"{modifier.at_least} enfants à charge ou plus"
            yield label, f"{_number(modifier.percent)} % de moins", source
        case Reduction():
            least = f", sans descendre sous {euros(str(modifier.min))}" if modifier.min else ""
            label = modifier.label or modifier.name
            yield f"Réduction : {label}", f"{_number(modifier.percent)} % de moins{least}", source
        case OtherFund():
            yield (
                "Autre régime que la CAF et la MSA",
                f"{euros(str(modifier.price))} {unit}",
                source,
            )
        case Surcharge():
            yield surcharge_row(modifier)


def surcharge_row(surcharge: Surcharge) -> Row:
    """A surcharge, and whom it is for."""
    of = f"{euros(str(surcharge.amount))}" if surcharge.amount is not None else ""
    of = of or f"{_number(surcharge.percent)} % du prix"
    whom = " pour qui habite ailleurs" if surcharge.when is When.NON_RESIDENT else ""
    return f"Majoration : {surcharge.label}", f"{of} de plus{whom}", _source(surcharge)


def _non_resident(modifier: NonResident, unit: str) -> Iterator[tuple[str, str]]:
    label = "Famille qui habite ailleurs"
    if modifier.factor is not None:
        yield label, f"prix multiplié par {_number(modifier.factor)}"
    if modifier.add is not None:
        yield label, f"{euros(str(modifier.add))} de plus {unit}"
    if modifier.percent is not None:
        yield label, f"{_number(modifier.percent)} % de plus"
    if modifier.price is not None:
        yield label, f"{euros(str(modifier.price))} {unit}"
    if modifier.no_price:
        yield label, "pas de prix : un agent examine"
    for band in modifier.grid or ():
        end = "" if band.upper is None else f" à {euros(str(band.upper))}"
        given = "un agent examine" if band.price is None else f"{euros(str(band.price))} {unit}"
        yield f"{label}, à partir de {euros(str(band.lower))}{end}", given


def _rank(count: str) -> str:
    return count.replace("+", " et suivants").replace("-", " à ")


def _number(value: object) -> str:
    return plain_number(str(value))


def _source(sourced: Sourced) -> str:
    return source_of(sourced.model_dump(mode="json"))
