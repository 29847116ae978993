"""Taxes: the tax households of an invented family: one for a married couple, two for an unmarried.

Incomes add up to what the fund knows of the family, in the year of the fund's base, and drift from
one year to the next. Nothing here is a tax calculation to rely upon.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.simulator.population.adults import Adult, Home, applicant_of
from services.simulator.population.draws import Draws
from services.simulator.population.families import Family
from services.simulator.population.resources import annual_resources
from services.simulator.population.words import Town

_PER_MILLE = 1_000
_DEAD = 9_000_000  # far beyond any population: whom nobody will meet
_SILENT = 30  # of a thousand families: no tax return was made
_BRACKETS = ((11_497, 110), (29_315, 300), (83_823, 410), (180_294, 450))  # euros, per mille


class Status(StrEnum):
    """`sitFam`: the family situation of a tax household."""

    MARRIED = "M"
    PACSED = "O"
    SINGLE = "C"
    DIVORCED = "D"
    WIDOWED = "V"


@dataclass(frozen=True, slots=True)
class Declarant:
    """Somebody who signs a return; `role` is that of the SPI."""

    adult: Adult
    role: int


@dataclass(frozen=True, slots=True)
class TaxHousehold:
    """One return a year. `income` is that of `base_year`, in whole euros.

    `dead_in`: the year in which the second declarant died; `shared`: the children live in turn
    with each parent.
    """

    number: int
    declarants: tuple[Declarant, ...]
    status: Status
    births: tuple[date, ...]
    shared: bool
    income: int
    base_year: int
    line: str
    town: Town
    dead_in: int | None = None

    def in_year(self, year: int) -> "TaxHousehold":
        """As it stood at the end of a year: the dead gone, or not yet; the children born."""
        born = tuple(birth for birth in self.births if birth.year <= year)
        if self.dead_in is None:
            return replace(self, births=born)
        if year < self.dead_in:
            return replace(self, births=born, status=Status.MARRIED)
        return replace(self, births=born, declarants=self.declarants[:1])

    @property
    def is_alone(self) -> bool:
        """One adult who brings up a child alone (`sitParIso`)."""
        return len(self.declarants) == 1 and bool(self.births) and self.status is not Status.WIDOWED

    def quarter_parts(self) -> int:
        """The parts, in quarters: halves for the first two children, whole ones from the third."""
        whole = 8 if len(self.declarants) > 1 or self._widowed_parent() else 4
        children = sum(2 if rank < 2 else 4 for rank in range(len(self.births)))  # noqa: PLR2004
        alone = 2 if self.is_alone else 0
        return whole + (children + alone) // (2 if self.shared else 1)

    def reference_income(self, year: int) -> int:
        """The revenu fiscal de référence of a year."""
        if year == self.base_year:
            return self.income
        drift = Draws(self.number, "income", self.declarants[0].role, year).between(950, 1_060)
        return self.income * drift // _PER_MILLE

    def tax(self, year: int) -> int:
        """Whole euros on the scale, by the family quotient and without its ceilings."""
        quarters = self.quarter_parts()
        share = self.reference_income(year) * 4 // quarters
        ends = [low for low, _ in _BRACKETS[1:]] + [max(share, _BRACKETS[-1][0])]
        taxed = (
            max(0, min(share, end) - low) * rate
            for (low, rate), end in zip(_BRACKETS, ends, strict=True)
        )
        return sum(taxed) * quarters // (4 * _PER_MILLE)

    def _widowed_parent(self) -> bool:
        return self.status is Status.WIDOWED and bool(self.births)


def tax_households(seed: int, known: Family, on: date) -> tuple[TaxHousehold, ...]:
    """The returns of a family; none for the few who made none."""
    draws = Draws(seed, known.number, "taxes")
    if draws.per_mille(_SILENT):
        return ()
    whole = _whole(draws, known, on)
    if known.household.home is Home.COUPLE:
        return _of_couple(draws, whole)
    return (_of_one(seed, draws, whole, on),)


def _whole(draws: Draws, known: Family, on: date) -> TaxHousehold:
    """All the adults and children on one return."""
    household = known.household
    declarants = [Declarant(adult, role) for role, adult in enumerate(household.adults)]
    resources = known.file.figures.resources if known.file else None
    return TaxHousehold(
        number=known.number,
        declarants=tuple(declarants),
        status=Status.SINGLE,
        births=tuple(child.birth for child in household.children),
        shared=household.home is Home.SEPARATED and draws.per_mille(500),
        income=annual_resources(draws) if resources is None else resources,
        base_year=on.year - 2,
        line=household.line,
        town=household.town,
    )


def _of_couple(draws: Draws, whole: TaxHousehold) -> tuple[TaxHousehold, ...]:
    """One return for those who married or signed a PACS; two for those who did neither."""
    status = draws.weighted(((Status.MARRIED, 55), (Status.PACSED, 25), (Status.SINGLE, 20)))
    if status is not Status.SINGLE:
        return (replace(whole, status=status),)
    first = whole.income * draws.between(300, 700) // _PER_MILLE
    one, other = whole.declarants
    return (
        replace(whole, declarants=(one,), income=first),
        replace(whole, declarants=(other,), income=whole.income - first, births=()),
    )


def _of_one(seed: int, draws: Draws, whole: TaxHousehold, on: date) -> TaxHousehold:
    status = draws.weighted(((Status.SINGLE, 62), (Status.DIVORCED, 26), (Status.WIDOWED, 12)))
    if status is not Status.WIDOWED:
        return replace(whole, status=status)
    dead = Declarant(applicant_of(seed, whole.number + _DEAD, on), 2)
    year = on.year - draws.between(1, 2)
    declarants = (*whole.declarants, dead)
    return replace(whole, status=status, declarants=declarants, shared=False, dead_in=year)
