"""Modifiers: what changes a price after, or instead of, the method. In the order of the file."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.tariff.language.counts import Count, Span, refuse_broken_counts
from services.tariff.language.faults import Step, fault
from services.tariff.language.figures import Factor, Percent, Price
from services.tariff.language.grids import Bands
from services.tariff.language.sourced import Frozen, Sourced, Text
from services.tariff.language.words import When

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
_MOST_RANKS = 20
_WHOLE = 100


class NonResident(Sourced):
    """What a family pays that does not live there: one way, and one only.

    `factor` multiplies the price, `add` adds euros, `percent` raises it, `price` and `grid` stand
    in its place, and `no_price: true` says that the tariff has none for it: an agent looks.
    """

    kind: Literal["non_resident"]
    factor: Factor | None = None
    add: Price | None = None
    percent: Percent | None = None
    price: Price | None = None
    grid: Bands | None = None
    no_price: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.factor, self.add, self.percent, self.price, self.grid, self.no_price)
        if sum(way is not None for way in ways) != 1:
            raise fault(
                "non_resident_way",
                "dites une seule chose pour les non-résidents : factor, add, percent, price, grid "
                "ou no_price",
            )
        return self

    @property
    def replaces(self) -> bool:
        """Whether it stands in the place of the method's own price."""
        return self.price is not None or self.grid is not None or self.no_price is not None


class RankCut(Frozen):
    """The reduction, in percent, of a child by its rank among siblings enrolled."""

    rank: Count
    percent: Percent


class Sibling(Sourced):
    """A reduction by the child's rank among the siblings enrolled; ranks not named have none."""

    kind: Literal["sibling"]
    ranks: Annotated[tuple[RankCut, ...], Field(min_length=1, max_length=_MOST_RANKS)]

    @model_validator(mode="after")
    def _ranks_follow(self) -> Self:
        ranks = [cut.rank for cut in self.ranks]
        refuse_broken_counts(ranks, first=Span.read(ranks[0]).first, at="ranks")
        return self

    @model_validator(mode="after")
    def _never_more_than_all(self) -> Self:
        for n, cut in enumerate(self.ranks):
            refuse_over_whole(cut.percent, at=("ranks", n, "percent"))
        return self

    def percent_of(self, rank: int) -> Percent | None:
        """The reduction of a rank; None when it has none."""
        return next((c.percent for c in self.ranks if Span.read(c.rank).holds(rank)), None)


class Children(Sourced):
    """A reduction, in percent, for a family of so many dependent children or more."""

    kind: Literal["children"]
    at_least: Annotated[int, Field(strict=True, ge=2, le=20)]
    percent: Percent

    @model_validator(mode="after")
    def _never_more_than_all(self) -> Self:
        refuse_over_whole(self.percent, at=("percent",))
        return self


class Reduction(Sourced):
    """A reduction, in percent, for those to whom it was granted; never below `min`, in euros."""

    kind: Literal["reduction"]
    name: Name
    label: Text | None = None
    percent: Percent
    min: Price | None = None

    @model_validator(mode="after")
    def _never_more_than_all(self) -> Self:
        refuse_over_whole(self.percent, at=("percent",))
        return self


class OtherFund(Sourced):
    """The price of those outside the general scheme and the MSA, who have no such quotient."""

    kind: Literal["other_fund"]
    price: Price


class Surcharge(Sourced):
    """A local surcharge, as a line of its own: euros a unit, or a percentage of the price."""

    kind: Literal["surcharge"] = "surcharge"
    label: Text
    amount: Price | None = None
    percent: Percent | None = None
    when: When

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.amount is None) == (self.percent is None):
            raise fault(
                "surcharge_way", "une majoration a un montant (amount) ou un pourcentage (percent)"
            )
        return self


Modifier = Annotated[
    NonResident | Sibling | Children | Reduction | OtherFund | Surcharge,
    Field(discriminator="kind"),
]
Modifiers = Annotated[tuple[Modifier, ...], Field(max_length=20)]


def refuse_over_whole(percent: Percent, *, at: tuple[Step, ...]) -> None:
    """Refuse a reduction of more than 100 %.

    Raises:
        PydanticCustomError: at the percentage.
    """
    if percent > _WHOLE:
        raise fault("percent_whole", 'une réduction est de "100" pour cent au plus', at=at)
