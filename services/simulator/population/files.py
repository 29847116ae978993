"""Files: what the fund holds about a household, in the words of its own answer."""

from dataclasses import dataclass
from typing import Any

from services.simulator.population.adults import Adult
from services.simulator.population.children import Child
from services.simulator.population.words import Town

Person = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """The parameters of the fee. Resources in whole euros a year; None: the fund does not say.

    `years_back`: how many years before the current one the fund says that the resources are of;
    2 for the CAF, 0 for the MSA, which sends the current year instead of N-2.
    """

    children: int | None
    aeeh_children: int
    resources: int | None
    years_back: int
    base_given: bool = True


@dataclass(frozen=True, slots=True)
class File:
    """A household's file: persons as the answer lists them, the address, and the figures."""

    allocataires: tuple[Person, ...]
    enfants: tuple[Person, ...]
    adresse: dict[str, str | None]
    figures: Figures


def adult_person(adult: Adult, *, asked: bool) -> Person:
    """An allocataire; the birth commune comes only for the one who was asked about."""
    return {
        "nom_naissance": _printed(adult.birth_name),
        "nom_usage": _printed(adult.usage_name) if adult.usage_name else None,
        "prenoms": _printed(" ".join(adult.first_names)),
        "date_naissance": adult.birth.wire(),
        "sexe": adult.sex,
        "code_cog_insee_commune_naissance": (
            adult.place.code if asked and not adult.abroad else None
        ),
    }


def child_person(child: Child) -> Person:
    """A child of the household."""
    return {
        "nom_naissance": _printed(child.birth_name),
        "nom_usage": None,
        "prenoms": _printed(" ".join(child.first_names)),
        "date_naissance": child.birth.isoformat(),
        "sexe": child.sex,
        "code_cog_insee_commune_naissance": None,
    }


def postal_address(addressee: Adult, line: str, town: Town) -> dict[str, str | None]:
    """The address in the form of La Poste."""
    title = "Madame" if addressee.sex == "F" else "Monsieur"
    return {
        "destinataire": f"{title} {_printed(addressee.birth_name)}",
        "complement_information": None,
        "complement_information_geographique": None,
        "numero_libelle_voie": _printed(line),
        "lieu_dit": None,
        "code_postal_ville": f"{town.postcode} {_printed(town.name)}",
        "pays": "FRANCE",
    }


def plain(file: File) -> dict[str, Any]:
    """The file as plain JSON."""
    figures = file.figures
    return {
        "allocataires": list(file.allocataires),
        "enfants": list(file.enfants),
        "adresse": file.adresse,
        "children": figures.children,
        "aeeh_children": figures.aeeh_children,
        "resources": figures.resources,
        "years_back": figures.years_back,
        "base_given": figures.base_given,
    }


def _printed(name: str) -> str:
    return name.replace("’", "'").upper()
