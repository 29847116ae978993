"""What a family is measured by: a figure in euros, and how it is read before it is compared."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.tariff.language.faults import fault
from services.tariff.language.sourced import Frozen, Sourced
from services.tariff.language.words import MeasureKind, Profile

_MONTH = r"current|[12]\d{3}-(0[1-9]|1[0-2])|lowest_of_([2-9]|1[0-2])"
ReferenceMonth = Annotated[
    str, Field(pattern=rf"^({_MONTH})$", examples=["current", "2026-01", "lowest_of_3"])
]
_OF_INCOME = {
    MeasureKind.INCOME_OF_REFERENCE,
    MeasureKind.INCOME_OF_REFERENCE_PER_PART,
    MeasureKind.INCOME_OF_REFERENCE_PER_PART_MONTH,
}
_OF_PARTS = {
    MeasureKind.INCOME_OF_REFERENCE_PER_PART,
    MeasureKind.INCOME_OF_REFERENCE_PER_PART_MONTH,
    MeasureKind.RESOURCES_MONTH_PER_PART,
}
_MONTHLY = {
    MeasureKind.INCOME_OF_REFERENCE_PER_PART_MONTH,
    MeasureKind.RESOURCES_MONTH,
    MeasureKind.RESOURCES_MONTH_PER_PART,
}


class NoMeasure(Frozen):
    """No figure of the family is needed: what a fixed price says, or leaves unsaid."""

    kind: Literal[MeasureKind.NONE]


class Measure(Sourced):
    """What a family is measured by.

    `month` is for a quotient familial only: that of the current month, of one month for all
    (`2026-01`), or the lowest of so many months. `cut: euro` leaves out the cents before anything
    is compared; without it the figure is exact.
    """

    kind: MeasureKind
    month: ReferenceMonth | None = None
    cut: Literal["euro"] | None = None

    @model_validator(mode="after")
    def _measures(self) -> Self:
        if self.kind is MeasureKind.NONE:
            raise fault(
                "measure_needed",
                "cette méthode mesure les familles : dites par quoi, par exemple quotient_familial",
                at=("kind",),
            )
        return self

    @model_validator(mode="after")
    def _month_of_a_quotient(self) -> Self:
        if (self.kind is MeasureKind.QUOTIENT_FAMILIAL) != (self.month is not None):
            raise fault(
                "measure_month",
                "le quotient familial a un mois de référence, et lui seul : "
                'month: current, "2026-01" ou lowest_of_3',
                at=("month",),
            )
        return self

    @property
    def of_income(self) -> bool:
        """Whether it rests on the income of reference (RFR) of the tax notice."""
        return self.kind in _OF_INCOME

    @property
    def per_part(self) -> bool:
        """Whether it is divided by the parts of the tax household."""
        return self.kind in _OF_PARTS

    @property
    def monthly(self) -> bool:
        """Whether it is a twelfth of a figure of a year."""
        return self.kind in _MONTHLY

    @property
    def months(self) -> int:
        """How many months of quotient it looks at."""
        if self.month is None or not self.month.startswith("lowest_of_"):
            return 1
        return int(self.month.removeprefix("lowest_of_"))


FIT: dict[MeasureKind, frozenset[Profile]] = {
    MeasureKind.QUOTIENT_FAMILIAL: frozenset({Profile.QF}),
    MeasureKind.INCOME_OF_REFERENCE: frozenset({Profile.TAX}),
    MeasureKind.INCOME_OF_REFERENCE_PER_PART: frozenset({Profile.TAX}),
    MeasureKind.INCOME_OF_REFERENCE_PER_PART_MONTH: frozenset({Profile.TAX}),
    MeasureKind.RESOURCES_MONTH: frozenset({Profile.EAJE, Profile.TAX}),
    MeasureKind.RESOURCES_MONTH_PER_PART: frozenset({Profile.TAX}),
    MeasureKind.RESOURCES_YEAR: frozenset({Profile.EAJE, Profile.TAX}),
}
"""Which evidence gives which measure; a tariff that mixes them could never be priced."""
