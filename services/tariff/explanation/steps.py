"""The operations of a record as a family reads them: what is done, figures, result. Pure."""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.typography import amount, in_order, month, plain_number
from services.tariff.explanation.typography import number as exact

_MONTH = re.compile(r"\d{4}-\d{2}\Z", re.ASCII)
_STEPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "monthly_resources": ("Ressources du mois", "ressources de l'année ÷ 12"),
        "counted_resources": (
            "Ressources retenues",
            "les ressources du mois, sans descendre sous le plancher ni dépasser le plafond",
        ),
        "rate": ("Taux", "le taux de la tranche qui compte ce nombre d'enfants"),
        "rate_after_aeeh": (
            "Taux après AEEH",
            "une tranche plus loin par enfant qui a droit à l'AEEH, sans dépasser la dernière",
        ),
        "hourly_exact": ("Prix d'une heure, exact", "ressources retenues × taux ÷ 100"),
        "hourly": ("Prix d'une heure", "arrondi au centime"),
        "monthly_hours": ("Heures du mois", "heures du contrat ÷ nombre de paiements"),
        "monthly": ("Montant du mois", "prix × quantité du mois, arrondi au centime"),
        "measure": ("Mesure", "la figure de la famille que le barème compare"),
        "measure_cut": ("Mesure retenue", "les euros entiers de la mesure"),
        "band": ("Tranche", "la valeur de la tranche qui contient la mesure"),
        "linear": ("Courbe", "le prix sur la droite entre deux points"),
        "effort_rate": ("Taux d'effort", "mesure × taux ÷ 100"),
        "effort_bounds": ("Limites du taux d'effort", "le prix, ramené entre ses limites"),
        "price_bounds": ("Limites du prix", "le prix, ramené entre ses limites"),
        "flat": ("Prix unique", "le prix du barème"),
        "missing_data": ("Prix sans données", "le prix prévu quand une donnée manque"),
        "other_fund": ("Prix hors CAF et MSA", "le prix prévu pour les autres régimes"),
        "non_resident_price": ("Prix hors territoire", "le prix prévu pour qui habite ailleurs"),
        "non_resident": ("Prix hors territoire", "le prix, changé pour qui habite ailleurs"),
        "sibling": ("Rang de l'enfant", "prix × (100 − réduction) ÷ 100"),
        "children": ("Enfants à charge", "prix × (100 − réduction) ÷ 100"),
        "reduction": ("Réduction", "prix × (100 − réduction) ÷ 100"),
        "reduction_min": ("Réduction, limite", "le prix réduit, sans descendre sous sa limite"),
        "price": ("Prix", "arrondi au centime"),
        "surcharge": ("Majoration", "une ligne de plus, arrondie au centime"),
        "total": ("Prix en tout", "la somme des lignes"),
        "monthly_units": ("Quantité du mois", "les heures du mois, dans l'unité du barème"),
        "condition": ("Condition", "la condition est-elle remplie"),
    }
)
_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "annual_resources": "ressources de l'année",
        "monthly_resources": "ressources du mois",
        "counted_resources": "ressources retenues",
        "floor": "plancher",
        "ceiling": "plafond",
        "children": "enfants",
        "brackets": "taux par nombre d'enfants",
        "bracket": "tranche",
        "shifted_bracket": "tranche retenue",
        "aeeh_children": "enfants avec AEEH",
        "care_type": "type d'accueil",
        "rate": "taux",
        "hourly_exact": "prix exact",
        "hourly_price": "prix d'une heure",
        "contract_hours": "heures du contrat",
        "instalments": "paiements",
        "monthly_hours": "heures du mois",
        "rounding": "arrondi",
        "income_of_reference": "revenu fiscal de référence",
        "parts": "parts",
        "measure": "mesure",
        "bounds": "bornes",
        "from": "de",
        "to": "à",
        "band": "tranche",
        "bands": "tranches du barème",
        "at": "au point",
        "price": "prix",
        "next_at": "au point suivant",
        "next_price": "prix suivant",
        "price_exact": "prix exact",
        "min": "au moins",
        "max": "au plus",
        "policy": "règle",
        "percent": "pour cent",
        "factor": "facteur",
        "add": "en plus",
        "rank": "rang",
        "at_least": "à partir de",
        "label": "nom",
        "name": "code",
        "reduced": "prix réduit",
        "amount": "montant",
        "monthly_units": "quantité du mois",
        "unit": "unité",
        "condition": "condition",
        "wanted": "demandé",
    }
)
_RESULTS = MappingProxyType({"children": "children_cut", "band": "band_value"})
"""Steps whose name is also that of a figure that is no amount."""
_EUROS = frozenset(
    {
        "annual_resources",
        "monthly_resources",
        "counted_resources",
        "floor",
        "ceiling",
        "hourly_exact",
        "hourly",
        "hourly_price",
        "monthly",
        "income_of_reference",
        "measure",
        "measure_cut",
        "price",
        "next_price",
        "price_exact",
        "from",
        "to",
        "at",
        "next_at",
        "min",
        "max",
        "linear",
        "effort_rate",
        "effort_bounds",
        "price_bounds",
        "flat",
        "missing_data",
        "other_fund",
        "non_resident_price",
        "non_resident",
        "sibling",
        "children_cut",
        "reduction",
        "reduction_min",
        "reduced",
        "surcharge",
        "amount",
        "add",
        "total",
        "band_value",
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "half-up": "au plus proche",
        "half-even": "au plus proche, au centime pair s'il y a égalité",
        "truncate": "sans compter les fractions de centime",
        "collectif": "accueil collectif",
        "familial_parental": "accueil familial ou parental",
        "micro_creche": "micro-crèche",
        "lower_included": "premier montant compris",
        "upper_included": "second montant compris",
        "both_included": "deux montants compris",
        "floor": "le prix ou le plancher le plus bas",
        "ceiling": "le prix ou le plafond le plus haut",
        "highest_price": "le prix le plus haut",
        "yes": "oui",
        "no": "non",
        "unknown": "pas encore vérifié",
        "resident": "habiter sur le territoire",
        "disabled_child": "un enfant qui ouvre droit à l'AEEH",
        "granted": "à vérifier par un agent",
        "children": "enfants à charge",
        "half_hour": "demi-heure",
        "quarter_hour": "quart d'heure",
        "hour": "heure",
    }
)


def operation_row(operation: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """One operation: its name, what is done, with which figures, its result."""
    step = operation["step"]
    name, done = _STEPS.get(step, (step.replace("_", " "), operation["formula"]))
    figures = " ; ".join(
        f"{_figure(key)} : {_told(key, operation['inputs'][key])}"
        for key in in_order(operation["inputs"], _FIGURES)
        if operation["inputs"][key]
    )
    return name, done, figures, _told(_RESULTS.get(step, step), operation["result"])


def _figure(key: str) -> str:
    """What a figure is: a quotient is named by its month, a line of an invoice by its place."""
    if _MONTH.match(key):
        return month(key)
    return f"ligne {key}" if key.isdigit() else _FIGURES.get(key, key.replace("_", " "))


def _told(name: str, value: str) -> str:
    if name == "brackets":
        return value.replace(".", ",").replace(": ", " : ")
    if value in _WORDS:
        return _WORDS[value]
    try:
        number = Fraction(value)
    except ValueError:
        return value
    if name in _EUROS or _MONTH.match(name) or name.isdigit():
        return amount(number)
    return f"{exact(value)} %" if name.startswith("rate") else plain_number(value)
