"""The rules of a scheme as its record has them: who may enter, and what silence means.

What stands in a row is what `shared.scheme_rules` reads of it; here it is what a person writes.
"""

from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from services.command.records.fields import Communes, Day, YesOrNo, one_of, refused
from services.command.records.parts import Part
from shared.scheme_rules import IncomeMeasure, SchemeKind, SchemeRules, SilenceEffect

_Months = Annotated[int, Field(ge=0, le=216)]
_MonthsOfSilence = Annotated[int, Field(ge=1, le=12)]
_Cents = Annotated[int, Field(ge=0, le=10**11)]


class Age(Part):
    """The child's age on the first day of care, in whole months."""

    at_least: _Months | None = None
    under: _Months | None = None


class Income(Part):
    """A condition on a certified figure: at most so many cents, that sum included."""

    measure: Annotated[str, one_of(*IncomeMeasure)]
    at_most_cents: _Cents | None = None


class Silence(Part):
    """What the authority's silence means, after how many months."""

    effect: Annotated[str, one_of(*SilenceEffect)]
    months: _MonthsOfSilence = 2


class Rules(Part):
    """Who may enter a scheme, and its legal clock; what is not said asks nothing."""

    kind: Annotated[str, one_of(*SchemeKind)] | None = None
    opens_on: Day | None = None
    closes_on: Day | None = None
    age: Age | None = None
    communes: Communes = ()
    or_working: YesOrNo | None = None
    income: Income | None = None
    silence: Silence | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """What they owe one another is said once, where they are used."""
        try:
            SchemeRules.model_validate(self.plain())
        except ValidationError as wrong:
            raise refused(wrong.errors()[0]["msg"]) from None
        return self
