"""What the CAF or the MSA certifies of a household by its quotient familial (QF)."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from shared.provenance import Provenance


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FamilyFund(StrEnum):
    """Who computed a quotient familial, in the words of the provider (`fournisseur`)."""

    CNAF = "CNAF"
    MSA = "MSA"


class Month(_Frozen):
    """A month of the calendar."""

    year: Annotated[int, Field(ge=1900, le=2200)]
    month: Annotated[int, Field(ge=1, le=12)]


class Presence(StrEnum):
    """Whether a figure came: zero is a figure, null is none, an absent key is a missing scope."""

    GIVEN = "given"
    NULL = "null"
    ABSENT = "absent"


class QuotientOfMonth(_Frozen):
    """The quotient familial of a month that was asked for beside the first, in whole euros."""

    month: Month
    euros: Annotated[int, Field(ge=0)]


class QfFacts(_Frozen):
    """What the CAF or the MSA certifies of a household by its quotient familial.

    `quotient_familial_euros` is a month's figure in whole euros, as the fund rounds it; it is there
    when, and only when, `quotient_familial` is `given`. Never for the PSU fee.

    `asked` is the month that was asked for (None: the current one), `answered` the one that the
    answer names, `computed` the one in which the fund computed; the MSA always signs the current
    month. The people and the address are those of the day of the call, whatever the month.

    `earlier` are those of other months, where the tariff goes by the lowest of several.
    """

    kind: Literal["qf"] = "qf"
    quotient_familial: Presence
    quotient_familial_euros: Annotated[int, Field(ge=0)] | None
    fund: FamilyFund | None
    asked: Month | None
    answered: Month | None
    computed: Month | None
    child_listed: bool
    address_line: str | None
    address_city: str | None
    provenance: Provenance
    earlier: tuple[QuotientOfMonth, ...] = ()

    @model_validator(mode="after")
    def _given_when_there(self) -> Self:
        if (self.quotient_familial is Presence.GIVEN) != (self.quotient_familial_euros is not None):
            raise ValueError("a quotient is given when, and only when, it has a value")
        return self

    @model_serializer(mode="wrap")
    def _as_first_written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without other months when there are none: the release before reads it in an upgrade."""
        written: dict[str, Any] = write(self)
        return {k: v for k, v in written.items() if v or k != "earlier"}
