"""A tariff (barème) for one period: what the engine reads, with the source of each value.

Amounts and rates are strings in YAML and exact numbers here; nothing passes through a float.
"""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.tariff.language.figures import Euros, Rate
from services.tariff.language.words import Certainty, Stage
from shared.application import PSU_CARE, CareType
from shared.canonical import canonical_json, digest
from shared.errors import TariffError
from shared.money import Rounding

Text = Annotated[str, Field(min_length=3, max_length=1000)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Sourced(_Frozen):
    """A value and where it was read; what was not read but deduced says so in a note."""

    source: Text
    certainty: Certainty
    note: Text | None = None

    @model_validator(mode="after")
    def _deduction_said(self) -> Self:
        if self.certainty is Certainty.INFERRED and self.note is None:
            raise PydanticCustomError(
                "deduction_unsaid", "une valeur déduite dit de quoi, dans « note »"
            )
        return self


class Bound(_Sourced):
    """The floor or the ceiling of monthly resources, in euros a month."""

    value: Euros


class AeehRule(_Sourced):
    """What a child with AEEH changes: `by_bracket` takes the next bracket, once per such child."""

    shift: Literal["by_bracket"]


class RoundingRule(_Sourced):
    """How, and where first, an exact price becomes cents."""

    mode: Rounding
    stage: Stage


class Bracket(_Frozen):
    """A rate, in percent of monthly resources per hour, for `2`, `4-7` or `8+` children."""

    children: Annotated[str, Field(pattern=r"^[1-9]\d?(-[1-9]\d?|\+)?$")]
    rate: Rate

    @property
    def first(self) -> int:
        """The fewest children of the bracket."""
        return int(self.children.rstrip("+").split("-")[0])

    @property
    def last(self) -> int | None:
        """The most children of the bracket; None when it is open."""
        return None if self.children.endswith("+") else int(self.children.split("-")[-1])

    def holds(self, children: int) -> bool:
        """Whether a family with so many children is in this bracket."""
        return self.first <= children and (self.last is None or children <= self.last)


class RateColumn(_Sourced):
    """The rates of one care type, by number of children, in one published column."""

    brackets: Annotated[tuple[Bracket, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _every_family_once(self) -> Self:
        expected: int | None = 1
        for bracket in self.brackets:
            if bracket.first != expected:
                raise _misplaced(bracket, expected)
            expected = None if bracket.last is None else bracket.last + 1
        if expected is not None:
            raise PydanticCustomError(
                "brackets_end", 'la dernière tranche est ouverte, par exemple "8+"'
            )
        return self

    @model_validator(mode="after")
    def _never_dearer_with_more_children(self) -> Self:
        rates = [bracket.rate for bracket in self.brackets]
        if rates != sorted(rates, reverse=True):
            raise PydanticCustomError(
                "rates_order", "un taux ne monte jamais avec le nombre d'enfants : vérifiez l'ordre"
            )
        return self

    def bracket_at(self, children: int, *, shift: int = 0) -> Bracket:
        """The bracket of a family, moved `shift` brackets further, never beyond the last."""
        own = next(i for i, bracket in enumerate(self.brackets) if bracket.holds(children))
        return self.brackets[min(own + shift, len(self.brackets) - 1)]


def _misplaced(bracket: Bracket, expected: int | None) -> PydanticCustomError:
    wanted = "plus rien" if expected is None else f"{expected} enfant(s)"
    return PydanticCustomError(
        "brackets_cover",
        "tranche « {found} » : {wanted} attendu ici ; les tranches se suivent sans trou ni "
        "chevauchement, de 1 enfant à une dernière tranche ouverte",
        {"found": bracket.children, "wanted": wanted},
    )


class MonthlyResources(_Frozen):
    """The bounds within which monthly resources are counted."""

    floor: Bound
    ceiling: Bound

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        if self.floor.value >= self.ceiling.value:
            raise PydanticCustomError("bounds_order", "le plancher est au-dessous du plafond")
        return self


class Tariff(_Frozen):
    """One tariff for one period, immutable: a correction is another version.

    `valid_from` and `valid_to` are both in force; `valid_to` is None while no end is known.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    title: Text
    authority: Annotated[str, Field(min_length=1, max_length=64)]
    version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")]
    valid_from: date
    valid_to: date | None
    review_by: date
    legal_basis: Text
    evidence_profile: Literal["eaje"]
    method: Literal["psu"]
    rounding: RoundingRule
    aeeh: AeehRule
    monthly_resources: MonthlyResources
    care: dict[CareType, RateColumn]

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise PydanticCustomError("period_order", "« valid_to » précède « valid_from »")
        if not self.version.startswith(self.valid_from.isoformat()):
            raise PydanticCustomError(
                "version_name", "« version » commence par la date « valid_from »"
            )
        return self

    @model_validator(mode="after")
    def _every_care_type(self) -> Self:
        missing = ", ".join(sorted(set(PSU_CARE) - set(self.care)))
        if missing:
            raise PydanticCustomError(
                "care_missing", "il manque les taux de : {missing}", {"missing": missing}
            )
        return self

    @property
    def content(self) -> dict[str, Any]:
        """All that the tariff says, as JSON values: what its digest covers."""
        return self.model_dump(mode="json")

    @cached_property
    def digest(self) -> str:
        """The digest of the canonical JSON of `content`; to change a tariff, validate it anew."""
        return digest(canonical_json(self.content))

    def in_force(self, on: date) -> bool:
        """Whether this tariff holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def require_in_force(self, on: date) -> None:
        """Let through only a day on which this tariff holds.

        Raises:
            TariffError: on any other day.
        """
        if not self.in_force(on):
            raise TariffError(
                f"Le barème {self.id} {self.version} n'est pas en vigueur le {on} : "
                "prenez celui de cette date."
            )
