"""The parameters of a record as a family reads them: value, weight in the computation, source.

A rule of health data that did not count is not told: it would say who has no such child.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.content import Record
from services.tariff.explanation.typography import number
from shared.money import Money

_AEEH = "aeeh"
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "floor": ("Plancher de ressources", "remplace les ressources du mois plus basses"),
        "ceiling": ("Plafond de ressources", "remplace les ressources du mois plus hautes"),
        "rate": ("Taux", "multiplie les ressources retenues"),
        "aeeh": ("Enfant qui a droit à l'AEEH", "fait prendre le taux d'une tranche plus loin"),
        "rounding": ("Arrondi", "fixe le centime"),
        "stage": ("Moment de l'arrondi", "dit si l'heure ou le mois est arrondi d'abord"),
    }
)
_VALUES: Mapping[str, str] = MappingProxyType(
    {
        "half-up": "au centime le plus proche",
        "half-even": "au centime le plus proche, pair s'il y a égalité",
        "truncate": "sans les fractions de centime",
        "hour": "à l'heure",
        "unit": "à l'unité",
        "month": "au mois",
        "by_bracket": "une tranche par enfant",
    }
)
_EUROS = frozenset({"floor", "ceiling"})


def parameter_rows(record: Record) -> tuple[tuple[str, str, str, str], ...]:
    """Each parameter that was applied: what it is, its value, its weight, its source."""
    return tuple(
        _row(name, parameter)
        for name, parameter in record["parameters"].items()
        if name != _AEEH or record["inputs"]["aeeh_children"]["value"]
    )


def _row(name: str, parameter: Mapping[str, Any]) -> tuple[str, str, str, str]:
    label, weight = _WORDS.get(name, (name.replace("_", " "), ""))
    return label, value_of(name, parameter["value"]), weight, source_of(parameter)


def value_of(name: str, value: object) -> str:
    """A parameter's value, with its unit."""
    text = str(value)
    if text in _VALUES:
        return _VALUES[text]
    if name in _EUROS:
        return Money.parse(text).in_french
    return f"{number(text)} %" if name == "rate" else text


def source_of(sourced: Mapping[str, Any]) -> str:
    """Where a value was read, or what it was deduced from."""
    if sourced.get("certainty") != "inferred":
        return str(sourced["source"])
    return f"{sourced['source']}. {sourced['note']}"
