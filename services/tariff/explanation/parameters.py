"""The parameters of a record as a family reads them: value, weight in the computation, source.

A rule of health data that did not count is not told: it would say who has no such child.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.content import Record
from services.tariff.explanation.typography import euros, in_order, number

_AEEH = "aeeh"
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "floor": ("Plancher de ressources", "remplace les ressources du mois plus basses"),
        "ceiling": ("Plafond de ressources", "remplace les ressources du mois plus hautes"),
        "rate": ("Taux", "multiplie les ressources retenues"),
        "aeeh": ("Enfant qui a droit à l'AEEH", "fait prendre le taux d'une tranche plus loin"),
        "national_ceiling": ("Plafond national", "cède la place au plafond local"),
        "missing_data": ("Prix sans données", "tient lieu de prix pour l'instant"),
        "surcharge": ("Majoration", "s'ajoute au prix, sur sa propre ligne"),
        "measure": ("Mesure des ressources", "dit ce que le barème compare"),
        "bands": ("Grille de prix", "donne le prix de la tranche"),
        "linear": ("Courbe de prix", "donne le prix entre deux points"),
        "effort_rate": ("Taux d'effort", "multiplie la mesure"),
        "flat": ("Prix unique", "est le prix"),
        "award": ("Grille de l'aide", "donne le montant de la tranche"),
        "price": ("Limites du prix", "remplacent un prix plus bas ou plus haut"),
        "other_fund": ("Prix hors CAF et MSA", "tient lieu de prix"),
        "non_resident": ("Famille d'un autre territoire", "change le prix"),
        "sibling": ("Rang de l'enfant", "baisse le prix, en pour cent"),
        "children": ("Enfants à charge", "baisse le prix, en pour cent"),
        "reduction": ("Réduction accordée", "baisse le prix, en pour cent"),
        "condition_resident": ("Condition de domicile", "ouvre ou ferme l'aide"),
        "condition_children": ("Condition d'enfants à charge", "ouvre ou ferme l'aide"),
        "condition_disabled_child": ("Condition d'AEEH", "ouvre ou ferme l'aide"),
        "condition_granted": ("Condition à vérifier", "ouvre ou ferme l'aide"),
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
        "quotient_familial": "quotient familial",
        "income_of_reference": "revenu fiscal de référence",
        "income_of_reference_per_part": "revenu fiscal de référence ÷ parts",
        "income_of_reference_per_part_month": "revenu fiscal de référence ÷ 12 ÷ parts",
        "resources_month": "ressources du mois",
        "resources_month_per_part": "ressources du mois ÷ parts",
        "resources_year": "ressources de l'année",
        "lower_included": "chaque tranche comprend son premier montant",
        "upper_included": "chaque tranche comprend son second montant",
        "both_included": "chaque tranche comprend ses deux montants",
        "resident": "habiter sur le territoire",
        "disabled_child": "un enfant qui ouvre droit à l'AEEH",
    }
)
_EUROS = frozenset({"floor", "ceiling", "national_ceiling", "flat", "other_fund", "missing_data"})
_PERCENT = frozenset({"rate", "effort_rate", "sibling", "children", "reduction"})


def parameter_rows(record: Record) -> tuple[tuple[str, str, str, str], ...]:
    """Each parameter that was applied: what it is, its value, its weight, its source."""
    return tuple(
        _row(name, record["parameters"][name])
        for name in in_order(record["parameters"], _WORDS)
        if name != _AEEH or _counts(record)
    )


def _counts(record: Record) -> bool:
    return bool(record["inputs"]["aeeh_children"]["value"])


def _row(name: str, parameter: Mapping[str, Any]) -> tuple[str, str, str, str]:
    label, weight = _WORDS.get(name, (name.replace("_", " "), ""))
    return label, value_of(name, parameter["value"]), weight, source_of(parameter)


def value_of(name: str, value: object) -> str:
    """A parameter's value, with its unit."""
    text = str(value)
    if text in _VALUES:
        return _VALUES[text]
    if name in _EUROS:
        return euros(text)
    if name == "linear":
        return f"{text} points"
    return f"{number(text)} %" if name in _PERCENT else text.replace(".", ",")


def source_of(sourced: Mapping[str, Any]) -> str:
    """Where a value was read, or what it was deduced from."""
    if sourced.get("certainty") != "inferred":
        return str(sourced["source"])
    return f"{sourced['source']}. {sourced['note']}"
