"""The operations of a record as a family reads them: what is done, figures, result. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.typography import amount, plain_number
from services.tariff.explanation.typography import number as exact

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
        "monthly": ("Montant du mois", "prix d'une heure × heures du mois, arrondi au centime"),
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
    }
)
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
    }
)


def operation_row(operation: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """One operation: its name, what is done, with which figures, its result."""
    step = operation["step"]
    name, done = _STEPS.get(step, (step.replace("_", " "), operation["formula"]))
    figures = " ; ".join(
        f"{_FIGURES.get(key, key.replace('_', ' '))} : {_told(key, value)}"
        for key, value in operation["inputs"].items()
    )
    return name, done, figures, _told(step, operation["result"])


def _told(name: str, value: str) -> str:
    if name == "brackets":
        return value.replace(".", ",").replace(": ", " : ")
    if value in _WORDS:
        return _WORDS[value]
    try:
        number = Fraction(value)
    except ValueError:
        return value
    if name in _EUROS:
        return amount(number)
    return f"{exact(value)} %" if name.startswith("rate") else plain_number(value)
