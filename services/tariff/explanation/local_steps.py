"""How a local tariff gave its amount, sentence by sentence, from the record only. Pure.

One sentence for each figure that came in, then one for each operation, in the order of the record.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.tariff.explanation.applied import origin, tariff_applied, year_of
from services.tariff.explanation.content import Record
from services.tariff.explanation.operations import operation_sentence
from services.tariff.explanation.paper import Sentence, said
from services.tariff.explanation.typography import month, plain_number
from shared.money import Money

_INFERRED = "inferred"
_QUIET = frozenset({"rounding", "stage"})  # what the tariff rounds by is told with its result


def local_steps(record: Record) -> tuple[Sentence, ...]:
    """The sentences of the computation, in its order."""
    return (*_figures(record), *_operations(record), *_end(record))


def _figures(record: Record) -> Iterator[Sentence]:
    for name, (unknown, tell) in _FIGURES.items():
        if name in record["inputs"]:
            given = record["inputs"][name]
            text = unknown if given["value"] in _UNKNOWN else tell(given)
            yield from (said(f"figure.{name}", told) for told in (text,) if told)


def _quotients(given: Mapping[str, Any]) -> str:
    told = " ; ".join(f"{_cents(q['cents'])} ({month(q['month'])})" for q in given["value"])
    return f"Votre quotient familial est de {told}, {origin(given['provenance'])}."


def _income(given: Mapping[str, Any]) -> str:
    told = f"{_cents(given['value'])}{year_of(given)}, {origin(given['provenance'])}"
    return f"Votre revenu fiscal de référence est de {told}."


def _resources(given: Mapping[str, Any]) -> str:
    told = f"{_cents(given['value'])}{year_of(given)}"
    certified = origin(given["provenance"], agreeing="es")
    return f"Vos ressources annuelles retenues sont de {told}, {certified}."


def _parts(given: Mapping[str, Any]) -> str:
    parts = Money(given["value"])
    return f"Votre foyer fiscal compte {plain_number(str(parts))} part{'s' * (parts > _ONE)}."


_UNKNOWN: tuple[object, ...] = (None, [])
_ONE = Money(100)  # hundredths of a part are written as cents are
_FIGURES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "quotients": ("Votre quotient familial ne nous est pas connu.", _quotients),
    "income_of_reference_cents": (
        "Votre revenu fiscal de référence ne nous est pas connu.",
        _income,
    ),
    "annual_resources_cents": ("Vos ressources ne nous sont pas connues.", _resources),
    "parts_hundredths": ("", _parts),
}
"""What is said when a figure did not come, and when it did."""


def _operations(record: Record) -> Iterator[Sentence]:
    for one in record["operations"]:
        text = operation_sentence(one, record)
        if text:
            yield said(f"step.{one['step']}", text)


def _end(record: Record) -> Iterator[Sentence]:
    yield said("step.tariff", tariff_applied(record))
    notes = dict.fromkeys(
        parameter["note"]
        for name, parameter in record["parameters"].items()
        if parameter["certainty"] == _INFERRED and name not in _QUIET
    )
    if notes:
        told = "Certaines règles n'ont été lues dans aucun texte officiel."
        yield said("step.deductions", " ".join((told, *notes)))


def _cents(cents: int) -> str:
    return Money(cents).in_french
