"""The local methods' own parts: what stands under `bands`, `linear`, `effort_rate`… in a tariff."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.tariff.language.counts import Count, Span, refuse_broken_counts
from services.tariff.language.faults import fault
from services.tariff.language.figures import Level, Percent, Price
from services.tariff.language.grids import AwardBands, Bands, refuse_broken_bands
from services.tariff.language.sourced import Frozen, Sourced, Text
from services.tariff.language.words import Bounds

_MOST_LINES = 20


class BandsPart(Sourced):
    """A grid of prices; which end of a band belongs to it is said, never supposed."""

    bounds: Bounds
    grid: Bands

    @model_validator(mode="after")
    def _whole(self) -> Self:
        refuse_broken_bands(self.grid, self.bounds)
        return self


class Point(Frozen):
    """The price at one level of the measure."""

    at: Level
    price: Price


class LinearPart(Sourced):
    """Straight lines from point to point; below the first and above the last, their prices."""

    points: Annotated[tuple[Point, ...], Field(min_length=2, max_length=200)]
    below: Literal["clamp"] = "clamp"
    above: Literal["clamp"] = "clamp"

    @model_validator(mode="after")
    def _points_advance(self) -> Self:
        for n, (earlier, later) in enumerate(pairwise(self.points), start=1):
            if later.at <= earlier.at:
                raise fault(
                    "points_order",
                    f"les points vont en montant : « at » est plus grand que {earlier.at}",
                    at=("points", n, "at"),
                )
        return self

    @model_validator(mode="after")
    def _prices_never_fall(self) -> Self:
        for n, (earlier, later) in enumerate(pairwise(self.points), start=1):
            if later.price < earlier.price:
                raise fault(
                    "points_fall",
                    "un prix ne baisse jamais quand les ressources montent : vérifiez ce point",
                    at=("points", n, "price"),
                )
        return self


class PriceBounds(Sourced):
    """The lowest and the highest price of a unit, in euros."""

    min: Price | None = None
    max: Price | None = None

    @model_validator(mode="after")
    def _min_below_max(self) -> Self:
        if self.min is None and self.max is None:
            raise fault("price_bounds", "écrivez « min », « max » ou les deux")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise fault("price_bounds", "« min » est au plus égal à « max »", at=("min",))
        return self


class EffortBounds(Frozen):
    """The lowest and the highest price that an effort rate gives, in euros; sourced with it."""

    min: Price | None = None
    max: Price | None = None

    @model_validator(mode="after")
    def _min_below_max(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise fault("price_bounds", "« min » est au plus égal à « max »", at=("min",))
        return self


class ChildrenRate(Frozen):
    """The rate of families of so many children."""

    children: Count
    rate: Percent


class EffortRatePart(Sourced):
    """A percentage of the measure for each unit, the price being bounded (not the measure).

    `rate` for everybody, or `rates` by number of dependent children.
    """

    rate: Percent | None = None
    rates: Annotated[tuple[ChildrenRate, ...], Field(max_length=_MOST_LINES)] | None = None
    price: EffortBounds = EffortBounds()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.rate is None) == (not self.rates):
            raise fault("effort_way", "écrivez un taux (rate), ou des taux par enfants (rates)")
        refuse_broken_counts([r.children for r in self.rates or ()], first=1, at="rates")
        return self

    def rate_of(self, children: int | None) -> Percent | None:
        """The rate of a family; None when it goes by children and their number is not known."""
        if self.rate is not None or children is None:
            return self.rate
        return next(
            (r.rate for r in self.rates or () if Span.read(r.children).holds(children)), None
        )


class CountedPrice(Frozen):
    """The price of a rank, or of families of so many children."""

    of: Count
    price: Price


class FlatPart(Sourced):
    """One price (`price`), or one by rank or by number of children (`by` and `prices`)."""

    price: Price | None = None
    by: Literal["rank", "children"] | None = None
    prices: Annotated[tuple[CountedPrice, ...], Field(max_length=_MOST_LINES)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_count = self.by is not None and bool(self.prices)
        if (self.price is None) != by_count or (self.by is None) != (self.prices is None):
            raise fault("flat_way", "écrivez un prix (price), ou « by » et « prices »")
        refuse_broken_counts([p.of for p in self.prices or ()], first=1, at="prices")
        return self

    def price_of(self, count: int) -> Price | None:
        """The price of a rank or of so many children; None for none of them."""
        return next((p.price for p in self.prices or () if Span.read(p.of).holds(count)), None)


class ResidentCondition(Sourced):
    """The family lives there."""

    kind: Literal["resident"]


class ChildrenCondition(Sourced):
    """The family has so many dependent children or more."""

    kind: Literal["children"]
    at_least: Annotated[int, Field(strict=True, ge=1, le=20)]


class DisabledChildCondition(Sourced):
    """A child of the family has the AEEH. It is health data: an agent validates."""

    kind: Literal["disabled_child"]


class GrantedCondition(Sourced):
    """Something that an agent has ascertained, under the name that the application gives it."""

    kind: Literal["granted"]
    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    label: Text


Condition = Annotated[
    ResidentCondition | ChildrenCondition | DisabledChildCondition | GrantedCondition,
    Field(discriminator="kind"),
]


class AwardPart(Sourced):
    """An aid paid to the family, by band of what it is measured by, and under conditions."""

    bounds: Bounds
    grid: AwardBands
    conditions: Annotated[tuple[Condition, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        refuse_broken_bands(self.grid, self.bounds)
        return self
