"""The PSU tariff (participations familiales): rates by children and care, a floor and a ceiling."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.tariff.language.counts import Count, Span
from services.tariff.language.faults import fault
from services.tariff.language.figures import Euros, Rate
from services.tariff.language.modifiers import Surcharge
from services.tariff.language.sourced import Frozen, Sourced
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method, Profile, Stage
from shared.application import CareType

_LATER = ("local_ceiling", "surcharge", "missing_data", "policies")


class Bound(Sourced):
    """The floor or the ceiling of monthly resources, in euros a month."""

    value: Euros


class AeehRule(Sourced):
    """What a child with AEEH changes: `by_bracket` takes the next bracket, once per such child."""

    shift: Literal["by_bracket"]


class Bracket(Frozen):
    """A rate, in percent of monthly resources per hour, for `2`, `4-7` or `8+` children."""

    children: Count
    rate: Rate

    @property
    def first(self) -> int:
        """The fewest children of the bracket."""
        return Span.read(self.children).first

    @property
    def last(self) -> int | None:
        """The most children of the bracket; None when it is open."""
        return Span.read(self.children).last

    def holds(self, children: int) -> bool:
        """Whether a family with so many children is in this bracket."""
        return Span.read(self.children).holds(children)


class RateColumn(Sourced):
    """The rates of one care type, by number of children, in one published column."""

    brackets: Annotated[tuple[Bracket, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _every_family_once(self) -> Self:
        expected: int | None = 1
        for n, bracket in enumerate(self.brackets):
            if bracket.first != expected:
                raise _misplaced(bracket, expected, n)
            expected = None if bracket.last is None else bracket.last + 1
        if expected is not None:
            raise fault(
                "brackets_end",
                'la dernière tranche est ouverte, par exemple "8+"',
                at=("brackets", len(self.brackets) - 1),
            )
        return self

    @model_validator(mode="after")
    def _never_dearer_with_more_children(self) -> Self:
        rates = [bracket.rate for bracket in self.brackets]
        if rates != sorted(rates, reverse=True):
            raise fault(
                "rates_order", "un taux ne monte jamais avec le nombre d'enfants : vérifiez l'ordre"
            )
        return self

    def bracket_at(self, children: int, *, shift: int = 0) -> Bracket:
        """The bracket of a family, moved `shift` brackets further, never beyond the last."""
        own = next(i for i, bracket in enumerate(self.brackets) if bracket.holds(children))
        return self.brackets[min(own + shift, len(self.brackets) - 1)]


def _misplaced(bracket: Bracket, expected: int | None, n: int) -> PydanticCustomError:
    wanted = "plus rien" if expected is None else f"{expected} enfant(s)"
    return fault(
        "brackets_cover",
        f"tranche « {bracket.children} » : {wanted} attendu ici ; les tranches se suivent sans "
        "trou ni chevauchement, de 1 enfant à une dernière tranche ouverte",
        at=("brackets", n),
    )


class MonthlyResources(Frozen):
    """The bounds within which monthly resources are counted."""

    floor: Bound
    ceiling: Bound

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        if self.floor.value >= self.ceiling.value:
            raise fault("bounds_order", "le plancher est au-dessous du plafond")
        return self


class PsuTariff(Tariff):
    """The national scale, or a structure's own on top of it.

    `local_ceiling` goes on applying the rate above the national ceiling (agreed with the CAF;
    since 2024 it is never lower: caf45-partenaires.fr). `surcharge` is a line of its own.
    """

    evidence_profile: Literal[Profile.EAJE]
    method: Literal[Method.PSU]
    aeeh: AeehRule
    monthly_resources: MonthlyResources
    care: dict[CareType, RateColumn]
    local_ceiling: Bound | None = None
    surcharge: Surcharge | None = None

    @model_validator(mode="after")
    def _every_care_type(self) -> Self:
        missing = ", ".join(sorted(set(CareType) - set(self.care)))
        if missing:
            raise fault("care_missing", f"il manque les taux de : {missing}", at=("care",))
        return self

    @model_validator(mode="after")
    def _never_below_the_national_ceiling(self) -> Self:
        national = self.monthly_resources.ceiling.value
        if self.local_ceiling is not None and self.local_ceiling.value <= national:
            raise fault(
                "local_ceiling_low",
                f"un plafond local dépasse le plafond national, {national} (ou retirez-le)",
                at=("local_ceiling", "value"),
            )
        return self

    @model_validator(mode="after")
    def _rounds_the_hour_or_the_month(self) -> Self:
        if self.rounding.stage is Stage.UNIT:
            raise fault("stage_psu", "pour la PSU, écrivez hour ou month", at=("rounding", "stage"))
        return self

    @property
    def ceiling(self) -> Bound:
        """The ceiling that applies: the structure's own when it has one."""
        return self.local_ceiling or self.monthly_resources.ceiling

    @property
    def content(self) -> dict[str, Any]:
        """All that the tariff says, as JSON values.

        Words that came to the language later are left out when they are not used: the digest of a
        tariff that was published before them does not change.
        """
        content = self.model_dump(mode="json", by_alias=True)
        return {k: v for k, v in content.items() if v is not None or k not in _LATER}
