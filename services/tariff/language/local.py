"""Local tariffs: what an authority votes for its own schemes, by any method but the PSU."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.tariff.language import coherence
from services.tariff.language.faults import fault
from services.tariff.language.measure import Measure, NoMeasure
from services.tariff.language.methods import (
    AwardPart,
    BandsPart,
    EffortRatePart,
    FlatPart,
    LinearPart,
    PriceBounds,
)
from services.tariff.language.missing import FixedPrice
from services.tariff.language.modifiers import Modifiers
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import MeasureKind, Method, Missing, Stage, Unit


class LocalTariff(Tariff):
    """What every local tariff says: a unit, and what changes the method's price."""

    unit: Unit
    price: PriceBounds | None = None
    modifiers: Modifiers = ()

    @model_validator(mode="after")
    def _each_modifier_once(self) -> Self:
        coherence.refuse_twins(self.modifiers)
        return self

    @model_validator(mode="after")
    def _rounds_the_unit_or_the_month(self) -> Self:
        if self.rounding.stage is Stage.HOUR:
            raise fault("stage_local", "écrivez unit (ou month)", at=("rounding", "stage"))
        return self

    @model_validator(mode="after")
    def _grids_where_there_are_bands(self) -> Self:
        if self.method is not Method.BANDS:
            coherence.refuse_foreign_grid(self.modifiers)
        return self


class MeasuredTariff(LocalTariff):
    """A local tariff whose price needs a measure."""

    measure: Measure

    @model_validator(mode="after")
    def _evidence_gives_the_measure(self) -> Self:
        coherence.refuse_unfit_measure(self.measure, self.evidence_profile)
        return self


class BandsTariff(MeasuredTariff):
    """The price of the band that holds the measure."""

    method: Literal[Method.BANDS]
    bands: BandsPart

    @model_validator(mode="after")
    def _grids_agree(self) -> Self:
        coherence.refuse_broken_grids(
            self.measure, self.bands.bounds, self.bands.grid, self.modifiers
        )
        return self


class LinearTariff(MeasuredTariff):
    """Straight lines between points, hence no step from one euro to the next."""

    method: Literal[Method.LINEAR]
    linear: LinearPart


class EffortRateTariff(MeasuredTariff):
    """A percentage of the measure; the bounds are on the price, unlike those of the PSU."""

    method: Literal[Method.EFFORT_RATE]
    effort_rate: EffortRatePart

    @model_validator(mode="after")
    def _missing_data_has_its_bound(self) -> Self:
        bound = {
            Missing.FLOOR: "min",
            Missing.CEILING: "max",
            Missing.HIGHEST_PRICE: "max",
        }.get(self.missing_data)  # type: ignore[arg-type]
        if bound is not None and getattr(self.effort_rate.price, bound) is None:
            raise fault(
                "missing_bound",
                f"ce choix demande un prix « {bound} » sous effort_rate.price",
                at=("missing_data",),
            )
        return self


class FlatTariff(LocalTariff):
    """One price, or one by rank or by number of children: no figure of income is needed."""

    method: Literal[Method.FLAT]
    measure: NoMeasure = NoMeasure(kind=MeasureKind.NONE)
    flat: FlatPart


class AwardTariff(MeasuredTariff):
    """An aid paid to the family: who has it, and how much. What is missing goes to an agent."""

    method: Literal[Method.AWARD]
    award: AwardPart

    @model_validator(mode="after")
    def _nothing_changes_an_aid(self) -> Self:
        for word in ("modifiers", "price"):
            if getattr(self, word):
                raise fault("award_plain", "une aide n'en a pas : retirez-le", at=(word,))
        return self

    @model_validator(mode="after")
    def _never_on_missing_data(self) -> Self:
        if self.missing_data not in {None, Missing.REVIEW} or isinstance(
            self.missing_data, FixedPrice
        ):
            raise fault(
                "award_missing", "sans données, une aide s'instruit : review", at=("missing_data",)
            )
        return self

    @model_validator(mode="after")
    def _grid_agrees(self) -> Self:
        coherence.refuse_unreachable(
            self.measure, self.award.bounds, self.award.grid, at=("award", "grid")
        )
        return self


AnyTariff = Annotated[
    PsuTariff | BandsTariff | LinearTariff | EffortRateTariff | FlatTariff | AwardTariff,
    Field(discriminator="method"),
]
"""A tariff of any method: what the JSON Schema publishes."""

KINDS: dict[Method, type[Tariff]] = {
    Method.PSU: PsuTariff,
    Method.BANDS: BandsTariff,
    Method.LINEAR: LinearTariff,
    Method.EFFORT_RATE: EffortRateTariff,
    Method.FLAT: FlatTariff,
    Method.AWARD: AwardTariff,
}
