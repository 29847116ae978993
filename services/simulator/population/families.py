"""Families: one whole family from a seed and a number, with nothing else computed.

What comes out is both sides of one story: the household, which writes the enrolment, and what the
State knows of it, which may differ.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.simulator.population.adults import Adult, applicant_of
from services.simulator.population.children import Child, named
from services.simulator.population.draws import Draws
from services.simulator.population.faults import Trouble, trouble_of
from services.simulator.population.files import (
    Figures,
    File,
    adult_person,
    child_person,
    postal_address,
)
from services.simulator.population.households import Household, household_of
from services.simulator.population.plans import Kind, kind_of
from services.simulator.population.resources import annual_resources

_SEASON_STARTS = 9  # September
_MSA = 70  # of a thousand families
_OTHER_PARENT_FIRST = 300  # of a thousand couples, those whose allocataire is the other parent
_NO_FILE_CODES = ("35003", "23003", "10003", "40003", "36003")
_COUNTER_CODES = ("40003", "40011", "40013")
_DOUBTFUL_YEARS_BACK = (1, 3, 4)
_STRANGER = 7_000_000  # far beyond any population: nobody who applies


@dataclass(frozen=True, slots=True)
class Refusal:
    """How the State refuses to answer about the applicant; `counter_code` is API-SECU's own."""

    status: int
    code: str
    counter_code: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A household, what the fund holds about it, and what goes wrong on the way."""

    number: int
    kind: Kind
    household: Household
    fund: str
    file: File | None
    refusal: Refusal | None
    trouble: Trouble


def season(today: date) -> date:
    """The 1 September on or before a day: families are the same through a school year."""
    return date(today.year - (today.month < _SEASON_STARTS), _SEASON_STARTS, 1)


def family(seed: int, number: int, on: date) -> Family:
    """Family `number` (from 0) of the population of `seed`, in the season that starts on `on`."""
    kind = kind_of(seed, number)
    household = household_of(seed, number, on)
    draws = Draws(seed, number, "state")
    fund = "caf" if kind is Kind.DOUBTFUL_YEAR or not draws.per_mille(_MSA) else "msa"
    stranger = applicant_of(seed, number + _STRANGER, on)
    return Family(
        number=number,
        kind=kind,
        household=household,
        fund=fund,
        file=_file(draws, kind, household, stranger, fund),
        refusal=_refusal(draws, kind),
        trouble=trouble_of(draws, kind),
    )


def _file(
    draws: Draws, kind: Kind, household: Household, stranger: Adult, fund: str
) -> File | None:
    if kind in {Kind.NO_FILE, Kind.INPUT_REFUSED}:
        return None
    holders = (stranger,) if kind is Kind.INCONSISTENT else _holders(draws, kind, household)
    listed = _listed(draws, kind, household, stranger)
    asked = household.applicant
    return File(
        allocataires=tuple(adult_person(adult, asked=adult == asked) for adult in holders),
        enfants=tuple(child_person(child) for child in listed),
        adresse=postal_address(holders[0], household.line, household.town),
        figures=_figures(draws, kind, fund, len(listed)),
    )


def _holders(draws: Draws, kind: Kind, household: Household) -> tuple[Adult, ...]:
    """Whose file it is, the allocataire first."""
    if kind is Kind.OTHER_PARENT_FILE:
        return household.adults[1:]
    return household.adults[::-1] if draws.per_mille(_OTHER_PARENT_FIRST) else household.adults


def _listed(draws: Draws, kind: Kind, household: Household, stranger: Adult) -> tuple[Child, ...]:
    """The children of the file: all of them, all but the one enrolled, or a stranger's."""
    match kind:
        case Kind.CHILD_NOT_LISTED | Kind.NO_CHILD_UNDER_SEVEN:
            return household.children[1:]
        case Kind.INCONSISTENT:
            births = tuple(child.birth for child in household.children)
            return named(draws, stranger.birth_name, births)
        case _:
            return household.children


def _figures(draws: Draws, kind: Kind, fund: str, children: int) -> Figures:
    years_back = 2 if fund == "caf" else 0
    figures = Figures(children, 0, annual_resources(draws), years_back)
    match kind:
        case Kind.DISABILITY:
            return replace(figures, aeeh_children=min(children, draws.between(1, 2)))
        case Kind.DISABILITY_EXCEEDS:
            return replace(figures, aeeh_children=children + 1)
        case Kind.DOUBTFUL_YEAR:
            return replace(figures, years_back=draws.pick(_DOUBTFUL_YEARS_BACK))
        case Kind.RESOURCES_MISSING:
            return _without(draws, figures)
        case _:
            return figures


def _without(draws: Draws, figures: Figures) -> Figures:
    match draws.below(3):
        case 0:
            return replace(figures, resources=None)
        case 1:
            return replace(figures, resources=None, base_given=False)
        case _:
            return replace(figures, children=None)


def _refusal(draws: Draws, kind: Kind) -> Refusal | None:
    match kind:
        case Kind.NO_FILE | Kind.OTHER_PARENT_FILE:
            return Refusal(404, draws.pick(_NO_FILE_CODES))
        case Kind.INPUT_REFUSED:
            return Refusal(422, "36561", draws.pick(_COUNTER_CODES))
        case _:
            return None
