"""Facts: the `data` of an answer, as the fund's file and the scopes make it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from services.simulator.api.particulier.period import Period
from services.simulator.population.files import File, Person
from services.simulator.population.quotients import quotient

_SEVENTH = 7
_BIRTHPLACE = "code_cog_insee_commune_naissance"


def has_child_under_seven(file: File, today: date) -> bool:
    """Strictly under: not any more on the seventh birthday."""
    limit = f"{today.year - _SEVENTH:04d}-{today.month:02d}-{today.day:02d}"
    return any((child["date_naissance"] or "") > limit for child in file.enfants)


def eaje(file: File, today: date) -> dict[str, Any]:
    """The base of the family's share."""
    figures = file.figures
    base = {"valeur": figures.resources, "annee_calcul": today.year - figures.years_back}
    return {
        "allocataires": file.allocataires,
        "enfants": file.enfants,
        "adresse": file.adresse,
        "parametres_calcul_participation_familiale": {
            "nombre_enfants_a_charge": figures.children,
            "nombre_enfants_beneficiaire_aeeh": figures.aeeh_children,
            "base_ressources_annuelles": base if figures.base_given else None,
        },
    }


def qf(file: File, fund: str, period: Period, today: date) -> dict[str, Any]:
    """The QF of a month; the MSA always says that of today, whatever the month asked."""
    computed = period if fund == "caf" else Period(today.year, today.month)
    return {
        "quotient_familial": {
            "fournisseur": "CNAF" if fund == "caf" else "MSA",
            "valeur": quotient(file, computed.year),
            "annee": period.year,
            "mois": period.month,
            "annee_calcul": computed.year,
            "mois_calcul": computed.month,
        },
        "allocataires": [_with_parts(person) for person in file.allocataires],
        "enfants": [_with_parts(person) for person in file.enfants],
        "adresse": file.adresse,
    }


def masked(
    data: dict[str, Any], needed: Mapping[str, str], scopes: AbstractSet[str]
) -> dict[str, Any]:
    """A scope that is lacking removes its key; it does not make it null."""
    return {key: value for key, value in data.items() if needed[key] in scopes}


def _with_parts(person: Person) -> Person:
    """A person as the QF tells them: no birth place, and each part of the date on its own."""
    year, month, day = (person["date_naissance"] or "0-0-0").split("-")
    told = {key: value for key, value in person.items() if key != _BIRTHPLACE}
    return {
        **told,
        "annee_date_de_naissance": _unless_zero(year),
        "mois_date_de_naissance": _unless_zero(month),
        "jour_date_de_naissance": _unless_zero(day),
    }


def _unless_zero(part: str) -> str | None:
    return part if part.strip("0") else None
