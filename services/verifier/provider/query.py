"""A civil status as the query parameters of API Particulier (`…/identite`, V3).

Read in apistration b96c7219: at most three first names, one per element; unknown parts of a birth
date left out, never sent as zero; no birth commune for who was born abroad.
"""

from shared.civil_status import FRANCE, BirthPlace, CivilStatus, PartialDate, counter_name

Parameters = list[tuple[str, str]]
_FIRST_NAMES_READ = 3


def query_for(person: CivilStatus, recipient: str) -> Parameters:
    """The parameters that identify `person` for `recipient`, the SIRET of who receives the data."""
    return [
        ("recipient", recipient),
        *_names(person),
        *_birth_date(person.birth),
        ("sexeEtatCivil", person.sex.value),
        *_birth_place(person.birth_place),
    ]


def _names(person: CivilStatus) -> Parameters:
    usage = [] if person.usage_name is None else [("nomUsage", counter_name(person.usage_name))]
    first_names = person.first_names[:_FIRST_NAMES_READ]
    return [
        ("nomNaissance", counter_name(person.birth_name)),
        *usage,
        *(("prenoms[]", counter_name(name)) for name in first_names),
    ]


def _birth_date(birth: PartialDate) -> Parameters:
    parts = {
        "anneeDateNaissance": birth.year,
        "moisDateNaissance": birth.month,
        "jourDateNaissance": birth.day,
    }
    return [(name, str(part)) for name, part in parts.items() if part]


def _birth_place(place: BirthPlace) -> Parameters:
    country = ("codeCogInseePaysNaissance", place.country)
    if place.country != FRANCE or place.commune is None:
        return [country]
    return [country, ("codeCogInseeCommuneNaissance", place.commune)]
