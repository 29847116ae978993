"""Is the answer about this family? One declarant must be the applicant, and years must agree. Pure.

A number mistyped by one digit may be somebody else's, and a second number may be anybody's: each
household is believed only when it is that of the person it was asked for.
"""

from collections.abc import Sequence
from enum import StrEnum

from services.verifier.likeness import same_birth, same_name, shares_first_name
from services.verifier.provider.matching import Identity
from services.verifier.tax.wire import Declarant, WireSituation


class TaxDoubt(StrEnum):
    """Why an answer cannot be believed to be about this family."""

    DECLARANTS_MISSING = "declarants_missing"  # nobody to compare with: not granted, or no content
    APPLICANT_NOT_DECLARANT = "applicant_not_declarant"
    NAME_UNCONFIRMED = "name_unconfirmed"  # someone fits but for the name
    FIRST_NAMES_UNCONFIRMED = "first_names_unconfirmed"
    BIRTH_UNCONFIRMED = "birth_unconfirmed"
    OTHER_PARENT_UNKNOWN = "other_parent_unknown"  # a second number, and nobody it is said to be of
    OTHER_PARENT_NOT_DECLARANT = "other_parent_not_declarant"
    HOUSEHOLDS_OVERLAP = "households_overlap"  # somebody declares in both: to add would count twice
    INCOME_YEARS_DIFFER = "income_years_differ"
    INCOME_YEAR_MISSING = "income_year_missing"


def doubt_about(
    situations: Sequence[WireSituation], applicant: Identity, other: Identity | None
) -> TaxDoubt | None:
    """The doubt that forbids to believe one household, or to add two; None when there is none.

    Args:
        situations: one or two, the applicant's first.
        applicant: who must declare in the first.
        other: the other parent, who must declare in the second.
    """
    first, *rest = situations
    doubt = _doubt_about_one(first, applicant)
    if doubt is not None or not rest:
        return doubt
    return _doubt_about_other(rest[0], other) or _doubt_about_both(first, rest[0], applicant, other)


def _doubt_about_one(situation: WireSituation, applicant: Identity) -> TaxDoubt | None:
    """When a declarant fits in all but one point, that point is the doubt."""
    if not situation.declarants:
        return TaxDoubt.DECLARANTS_MISSING
    closest = min((_unconfirmed(applicant, one) for one in situation.declarants), key=len)
    match closest:
        case []:
            return None
        case [only]:
            return only
    return TaxDoubt.APPLICANT_NOT_DECLARANT


def _doubt_about_other(situation: WireSituation, other: Identity | None) -> TaxDoubt | None:
    if other is None:
        return TaxDoubt.OTHER_PARENT_UNKNOWN
    return None if _declares(other, situation) else TaxDoubt.OTHER_PARENT_NOT_DECLARANT


def _doubt_about_both(
    first: WireSituation, second: WireSituation, applicant: Identity, other: Identity | None
) -> TaxDoubt | None:
    if _declares(applicant, second) or (other is not None and _declares(other, first)):
        return TaxDoubt.HOUSEHOLDS_OVERLAP
    if first.income_year is None or second.income_year is None:
        return TaxDoubt.INCOME_YEAR_MISSING
    same = first.income_year == second.income_year
    return None if same else TaxDoubt.INCOME_YEARS_DIFFER


def _declares(person: Identity, situation: WireSituation) -> bool:
    return any(not _unconfirmed(person, one) for one in situation.declarants)


def _unconfirmed(person: Identity, declarant: Declarant) -> list[TaxDoubt]:
    """What speaks against a declarant: a name is needed, nothing given may differ.

    The number was asked for, so one of birth and first names may be missing; never both.
    """
    born = same_birth(person.birth, declarant.birth)
    called = shares_first_name(person.first_names, declarant.first_names)
    names = (person.birth_name, person.usage_name)
    confirmed = {
        TaxDoubt.NAME_UNCONFIRMED: same_name(names, (declarant.birth_name, declarant.usage_name)),
        TaxDoubt.FIRST_NAMES_UNCONFIRMED: called is not False,
        TaxDoubt.BIRTH_UNCONFIRMED: born or (born is None and bool(called)),
    }
    return [doubt for doubt, certain in confirmed.items() if not certain]
