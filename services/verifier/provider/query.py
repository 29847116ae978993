"""What is asked, as the query parameters of API Particulier V3. Pure.

Read in apistration b96c7219: at most three first names, one per element; unknown parts of a birth
date left out, never sent as zero; no birth commune for who was born abroad.
"""

from collections.abc import Sequence

from services.verifier.provider.preparation import Place, Written, first_names_of
from shared.civil_status import FRANCE, PartialDate
from shared.evidence import Month
from shared.lettering import counter_name

Parameters = Sequence[tuple[str, str]]


def query_for(person: Written, *, spaced: bool = False) -> Parameters:
    """The parameters that identify `person` (`…/identite`).

    Args:
        person: of whom nothing is refused (`preparation.refusals_of`).
        spaced: whether the source of the first names separates them by spaces.
    """
    return [
        *_names(person, spaced=spaced),
        *_birth_date(person.birth),
        ("sexeEtatCivil", person.sex.value),
        *_birth_place(person.birth_place),
    ]


def month_of(period: Month | None) -> Parameters:
    """The month of a quotient familial; without one, the counter takes the current month."""
    if period is None:
        return []
    return [("annee", str(period.year)), ("mois", str(period.month))]


def _names(person: Written, *, spaced: bool) -> Parameters:
    usage = [] if person.usage_name is None else [("nomUsage", counter_name(person.usage_name))]
    return [
        ("nomNaissance", counter_name(person.birth_name)),
        *usage,
        *(("prenoms[]", counter_name(name)) for name in first_names_of(person, spaced=spaced)),
    ]


def _birth_date(birth: PartialDate) -> Parameters:
    parts = {
        "anneeDateNaissance": birth.year,
        "moisDateNaissance": birth.month,
        "jourDateNaissance": birth.day,
    }
    return [(name, str(part)) for name, part in parts.items() if part]


def _birth_place(place: Place) -> Parameters:
    country = ("codeCogInseePaysNaissance", place.country)
    if place.country != FRANCE or place.commune is None:
        return [country]
    return [country, ("codeCogInseeCommuneNaissance", place.commune)]
