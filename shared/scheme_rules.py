"""The rules of a scheme (dispositif) beside its tariff: who may enter, and what silence means.

They stand in `schemes.rules`. Empty rules ask nothing: every admissibility check then says yes for
want of a condition.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.civil_status import CommuneCode

_Months = Annotated[int, Field(strict=True, ge=0, le=216)]
_Cents = Annotated[int, Field(strict=True, ge=0, le=10**11)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SchemeKind(StrEnum):
    """What a scheme sets: a fee that a family pays, or an aid that it is paid."""

    FEE = "fee"
    AID = "aid"


class AgeAtEntry(_Frozen):
    """The child's age on the first day of care, in whole months: from `at_least`, below `under`."""

    at_least: _Months = 0
    under: _Months | None = None


class IncomeMeasure(StrEnum):
    """Which certified figure a condition of income is on."""

    INCOME_OF_REFERENCE = "income_of_reference"  # RFR of the household
    INCOME_OF_REFERENCE_PER_PART = "income_of_reference_per_part"
    QUOTIENT_FAMILIAL = "quotient_familial"
    NOT_TAXED = "not_taxed"  # no income tax due; no threshold


class IncomeCondition(_Frozen):
    """A condition of income: the certified figure is at most `at_most_cents` (included)."""

    measure: IncomeMeasure
    at_most_cents: _Cents | None = None

    @model_validator(mode="after")
    def _threshold_where_one_is_due(self) -> Self:
        if (self.measure is IncomeMeasure.NOT_TAXED) != (self.at_most_cents is None):
            raise PydanticCustomError(
                "income_threshold",
                "une condition de ressources a un seuil (at_most_cents), sauf « not_taxed »",
            )
        return self


class SilenceEffect(StrEnum):
    """What an administration's silence means once its delay is over."""

    ACCEPTANCE = "acceptance"
    REJECTION = "rejection"


class Silence(_Frozen):
    """The silence rule: after so many months without a decision (CRPA L.231-1, L.231-4)."""

    effect: SilenceEffect
    months: Annotated[int, Field(strict=True, ge=1, le=12)] = 2


class SchemeRules(_Frozen):
    """Who may enter a scheme, and its legal clock.

    `communes` are INSEE codes: living in one of them is asked; `or_working` says that working there
    will do as well, which no certified data shows. `opens_on` and `closes_on` are both open days.
    """

    kind: SchemeKind = SchemeKind.FEE
    opens_on: date | None = None
    closes_on: date | None = None
    age: AgeAtEntry | None = None
    communes: Annotated[tuple[CommuneCode, ...], Field(max_length=2_000)] = ()
    or_working: bool = False
    income: IncomeCondition | None = None
    silence: Silence | None = None

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise PydanticCustomError("scheme_dates", "le dispositif ferme avant d'ouvrir")
        return self


def silence_of(rules: Mapping[str, Any]) -> Silence | None:
    """The silence rule alone, out of what stands in `schemes.rules`."""
    said = rules.get("silence")
    return None if said is None else Silence.model_validate(said)
