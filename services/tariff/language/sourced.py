"""What a tariff is made of: frozen words, and values that say where they were read."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.tariff.language.words import Certainty, Stage
from shared.money import Rounding

Text = Annotated[str, Field(min_length=3, max_length=1000)]


class Frozen(BaseModel):
    """Words that do not change, and none that the language does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Frozen):
    """A value and where it was read; what was not read but deduced says so in a note."""

    source: Text
    certainty: Certainty = Certainty.PUBLISHED
    note: Text | None = None

    @model_validator(mode="after")
    def _deduction_said(self) -> Self:
        if self.certainty is Certainty.INFERRED and self.note is None:
            raise PydanticCustomError(
                "deduction_unsaid", "une valeur déduite dit de quoi, dans « note »"
            )
        return self


class RoundingRule(Sourced):
    """How, and where first, an exact price becomes cents."""

    mode: Rounding
    stage: Stage
