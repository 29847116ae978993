"""The situation that a local tariff prices: what it may know of a family, and nothing else.

(The PSU's own is `services.tariff.engine.situation`.)
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.tariff.engine.situation import Contract
from services.tariff.language.words import Unit
from shared.decisions import Verdict
from shared.money import Money

_HOURS_IN = {Unit.HOUR: 1, Unit.HALF_HOUR: 2, Unit.QUARTER_HOUR: 4}


class Regime(StrEnum):
    """Who pays the family's allowances; outside the CAF and the MSA there is no quotient."""

    CAF = "caf"
    MSA = "msa"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient familial and the month (`2026-01`) that it is of."""

    month: str
    value: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSituation:
    """A family's situation on the day of the decision; what is not known is None.

    `parts_hundredths` are tax parts (2.5 is 250). `rank` is the child's among the siblings
    enrolled, 1 being the first. `granted` and `denied` name the reductions and conditions that
    somebody has ascertained, in the tariff's words. `units` are billed in a month; for a tariff by
    the hour or its parts they may be told by `monthly_hours` or by the contract.

    Raises:
        ValueError: for counts, months or units that no family can have.
    """

    quotients: tuple[Quotient, ...] = ()
    income_of_reference: Money | None = None
    parts_hundredths: int | None = None
    annual_resources: Money | None = None
    children: int | None = None
    aeeh_children: int | None = None
    resident: Verdict = Verdict.UNKNOWN
    rank: int | None = None
    regime: Regime | None = None
    granted: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    units: Decimal | None = None
    monthly_hours: Decimal | None = None
    contract: Contract | None = None

    def __post_init__(self) -> None:
        counts = (self.parts_hundredths, self.children, self.aeeh_children, self.units)
        if any(count is not None and count < 0 for count in counts):
            raise ValueError("a family has no negative parts, children or units")
        if self.rank is not None and self.rank < 1:
            raise ValueError(f"rank {self.rank}: the first child has rank 1")
        months = [quotient.month for quotient in self.quotients]
        if len(set(months)) != len(months):
            raise ValueError(f"{months}: one quotient a month")
        if any(quotient.value < Money(0) for quotient in self.quotients):
            raise ValueError("a quotient familial is never negative")

    @property
    def hours(self) -> Decimal | None:
        """Hours billed each month: the contract's when it is known, else those given."""
        return self.contract.monthly_hours if self.contract else self.monthly_hours

    def units_of(self, unit: Unit) -> Fraction | None:
        """How many units are billed in a month; None when it is not known."""
        if unit is Unit.MONTH:
            return Fraction(1)
        if self.units is not None:
            return Fraction(self.units)
        if self.hours is None or unit not in _HOURS_IN:
            return None
        return Fraction(self.hours) * _HOURS_IN[unit]
