"""Households: a family as it is, whatever the fund knows of it: who, where, and the care wanted."""

from dataclasses import dataclass
from datetime import date

from services.simulator.population import words
from services.simulator.population.adults import (
    Adult,
    Home,
    applicant_of,
    home_of,
    is_homonym,
    other_parent_of,
)
from services.simulator.population.care import Care, care_of, child_birth
from services.simulator.population.children import Child, count_of, named, siblings_from
from services.simulator.population.draws import Draws
from services.simulator.population.plans import Kind, kind_of

_ELDER_UNDER_SEVEN = (400, 1_000)  # days: still under seven at the end of the season
_OVER_SEVEN = (8 * 366, 13 * 365)
_NEWBORN_KINDS = frozenset({Kind.CHILD_NOT_LISTED, Kind.NO_CHILD_UNDER_SEVEN})
_NEWBORNS = 120  # of a thousand other enrolments


@dataclass(frozen=True, slots=True)
class Household:
    """A family: `children` begins with the one who is enrolled."""

    homonym: bool
    home: Home
    applicant: Adult
    other_parent: Adult | None
    children: tuple[Child, ...]
    care: Care
    line: str
    town: words.Town

    @property
    def adults(self) -> tuple[Adult, ...]:
        """The applicant, and the other parent when both live here."""
        return (
            (self.applicant,) if self.other_parent is None else (self.applicant, self.other_parent)
        )


def household_of(seed: int, number: int, on: date) -> Household:
    """The household of family `number`, in the season that starts on `on`."""
    draws = Draws(seed, number, "household")
    care = care_of(draws, on)
    applicant, other = applicant_of(seed, number, on), other_parent_of(seed, number, on)
    births = _births(draws, kind_of(seed, number), care, on.year - applicant.birth.year, on)
    return Household(
        homonym=is_homonym(seed, number, on),
        home=home_of(seed, number),
        applicant=applicant,
        other_parent=other,
        children=named(draws, _family_name(draws, applicant, other), births),
        care=care,
        line=f"{draws.between(1, 120)} {draws.pick(words.STREETS)}",
        town=draws.pick(words.TOWNS),
    )


def _births(draws: Draws, kind: Kind, care: Care, parent_age: int, on: date) -> tuple[date, ...]:
    newborn = kind in _NEWBORN_KINDS or draws.per_mille(_NEWBORNS)
    birth = child_birth(draws, care, on, newborn=newborn)
    match kind:
        case Kind.CHILD_NOT_LISTED:
            least, most = _ELDER_UNDER_SEVEN
            return (birth, draws.day_before(birth, least=least, most=most))
        case Kind.NO_CHILD_UNDER_SEVEN:
            return (birth, draws.day_before(on, least=_OVER_SEVEN[0], most=_OVER_SEVEN[1]))
        case _:
            return (birth, *siblings_from(draws, birth, count_of(draws, parent_age) - 1))


def _family_name(draws: Draws, applicant: Adult, other: Adult | None) -> str:
    if other is None:
        return applicant.birth_name
    both = f"{applicant.birth_name}-{other.birth_name}"
    return draws.weighted(((applicant.birth_name, 4), (other.birth_name, 5), (both, 1)))
