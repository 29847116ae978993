"""Situations: a tax household in the fields of API Impôt particulier, as far as granted."""

from datetime import date
from typing import Any

from services.simulator.api.config import Teleservice
from services.simulator.population.spi import spi
from services.simulator.population.taxes import Declarant, TaxHousehold
from services.simulator.population.words import BIRTH_COMMUNES, BIRTH_COUNTRIES

_TAXED_ON = (7, 22)  # the day from which the year before exists (2024 and 2025 campaigns)
_KEPT_YEARS = 3
_RICH = 300_000
_PLACES = {place.code: place.name for place in (*BIRTH_COMMUNES, *BIRTH_COUNTRIES)}


def last_year(today: date) -> int:
    """The last income year that is taxed."""
    return today.year - (1 if (today.month, today.day) >= _TAXED_ON else 2)


def has_year(year: int, today: date) -> bool:
    """Whether an income year is taxed, and not too old to be served."""
    return last_year(today) - _KEPT_YEARS < year <= last_year(today)


def situation(household: TaxHousehold, year: int) -> dict[str, Any]:
    """Every field of a year, whoever may see it."""
    then = household.in_year(year)
    income, tax = then.reference_income(year), then.tax(year)
    town = f"{then.town.postcode} {then.town.name}".upper()
    scale = {"mntRevbareme": tax} if income else {}
    return {
        "annRevenu": year,
        "rfr": income,
        "sitFam": then.status.value,
        "nbPart": then.quarter_parts() / 4,
        "pac": _dependants(then),
        **_names(then),
        "aft": f"{then.line.upper()} {town}".ljust(80),
        "aftDetail": _address(then),
        **({"sitParIso": "T"} if then.is_alone else {}),
        "revenuBrutGlobal": income,
        **scale,
        "datRec": f"{year + 1}-07-31",
        "datEtab": f"{year + 1}-07-09",
        "impAvImput": tax,
        "montTotIr": tax,
        "revImposable": income,
        "rev": {},
    }


def situations(household: TaxHousehold, year: int) -> list[dict[str, Any]]:
    """The avis of a year: two when a spouse died in it, before the death and after."""
    told = [situation(household, year)]
    if household.dead_in == year:
        told.insert(0, situation(household, year) | _before_the_death(household, year))
    for each in told:
        del each["annRevenu"]
        each["spiDec1"] = spi(household.number, household.declarants[0].role)
    return told


def bill(household: TaxHousehold, year: int) -> dict[str, Any]:
    """A situation and the lines of its avis."""
    told = situation(household, year)
    del told["annRevenu"]
    line = {"numLigne": 1, "codeLigne": "RFR", "libelleLigne": "Revenu fiscal de référence"}
    return {**told, "facture": [{**line, "colonne1": str(told["rfr"])}]}


def wealth(household: TaxHousehold, year: int) -> dict[str, str]:
    """Whether the household owes the tax on real estate wealth."""
    return {"indicateurIfiIsf": "O" if household.reference_income(year) > _RICH else "N"}


def masked(told: dict[str, Any], teleservice: Teleservice) -> dict[str, Any]:
    """What was granted: a field by its name, or one of its parts as `pac.nbPac`."""
    fields = teleservice.fields
    if fields is None:
        return told
    return {
        name: value if name in fields or name == "annRevenu" else _parts(name, value, fields)
        for name, value in told.items()
        if name == "annRevenu" or name in fields or _parts(name, value, fields)
    }


def _parts(name: str, value: object, fields: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {part: each for part, each in value.items() if f"{name}.{part}" in fields}


def _dependants(then: TaxHousehold) -> dict[str, int]:
    """F: children in one's sole charge; H: children who live in turn with each parent."""
    count = len(then.births)
    split = {"nbPacF": 0, "nbPacG": 0, "nbPacH": 0, "nbPacI": 0, "nbPacR": 0}
    return {"nbPac": count, **split, ("nbPacH" if then.shared else "nbPacF"): count}


def _names(then: TaxHousehold) -> dict[str, Any]:
    return {
        key: value
        for rank, each in enumerate(then.declarants, 1)
        for key, value in _declarant(each, rank).items()
    }


def _declarant(each: Declarant, rank: int) -> dict[str, Any]:
    adult = each.adult
    birth = adult.birth
    told = {
        f"nmNaiDec{rank}": adult.birth_name.upper(),
        f"nmUsaDec{rank}": adult.usage_name.upper() if adult.usage_name else None,
        f"prnmDec{rank}": " ".join(adult.first_names).upper(),
        f"dateNaisDec{rank}": {
            "jour": f"{birth.day:02d}",
            "mois": f"{birth.month:02d}",
            "annee": f"{birth.year:04d}",
        },
        f"dptNaissDec{rank}": "99" if adult.abroad else _department(adult.place.code),
        f"lieuNaissDec{rank}": _PLACES[adult.place.code].upper(),
    }
    return {key: value for key, value in told.items() if value is not None}


def _department(commune: str) -> str:
    return commune[:3] if commune.startswith("97") else commune[:2]


def _address(then: TaxHousehold) -> dict[str, str]:
    return {
        "voie": then.line.upper(),
        "getcommune": then.town.name.upper(),
        "getcodePostal": then.town.postcode,
    }


def _before_the_death(household: TaxHousehold, year: int) -> dict[str, Any]:
    """The couple's avis, until the day of the death."""
    both = {"sitFam": "M", "dateFinPeriode": f"{year}-06-30", "dateDecesdec2": f"{year}-06-30"}
    return {**both, **_names(household)}
