"""Grids: bands that follow each other from 0, without hole or overlap, and say their price.

A grid that was published with a hole says so: `hole: review` stands where its price would, and a
family in it goes to an agent.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.tariff.language.faults import Step, fault
from services.tariff.language.figures import Level, Price
from services.tariff.language.sourced import Frozen
from services.tariff.language.words import Bounds

MOST_BANDS = 200
_ONE = Decimal(1)


class Span(Frozen):
    """A stretch of what families are measured by; without `to`, it has no end."""

    lower: Annotated[Level, Field(alias="from")]
    upper: Annotated[Level | None, Field(alias="to")] = None
    hole: Literal["review"] | None = None

    def holds(self, measure: Fraction, bounds: Bounds) -> bool:
        """Whether a measure is in this stretch, under this convention (0 is always in a first)."""
        low, high = Fraction(self.lower), None if self.upper is None else Fraction(self.upper)
        match bounds:
            case Bounds.LOWER_INCLUDED:
                return low <= measure and (high is None or measure < high)
            case Bounds.UPPER_INCLUDED:
                return (low < measure or measure == 0 == low) and (high is None or measure <= high)
            case Bounds.BOTH_INCLUDED:
                return low <= measure and (high is None or measure <= high)

    @property
    def value(self) -> Decimal | None:
        """What the stretch gives; None for a hole."""
        return None


class Band(Span):
    """The price of a unit for those in a stretch, in euros."""

    price: Price | None = None

    @property
    def value(self) -> Decimal | None:
        """The price; None for a hole."""
        return self.price

    @model_validator(mode="after")
    def _price_or_hole(self) -> Self:
        if (self.price is None) == (self.hole is None):
            raise fault(
                "band_price", "une tranche a un prix (price), ou bien un trou assumé (hole: review)"
            )
        return self


class AwardBand(Span):
    """The aid paid to those in a stretch, in euros; `"0"` says that none is."""

    amount: Price | None = None

    @property
    def value(self) -> Decimal | None:
        """The amount; None for a hole."""
        return self.amount

    @model_validator(mode="after")
    def _amount_or_hole(self) -> Self:
        if (self.amount is None) == (self.hole is None):
            raise fault(
                "band_amount",
                "une tranche a un montant (amount), ou bien un trou assumé (hole: review)",
            )
        return self


Bands = Annotated[tuple[Band, ...], Field(min_length=1, max_length=MOST_BANDS)]
AwardBands = Annotated[tuple[AwardBand, ...], Field(min_length=1, max_length=MOST_BANDS)]


def refuse_broken_bands(
    bands: Sequence[Span], bounds: Bounds, *, at: tuple[Step, ...] = ("grid",)
) -> None:
    """Refuse a hole, an overlap, a band that nobody can be in, and a grid without an end.

    Raises:
        PydanticCustomError: at the band that is wrong.
    """
    _refuse_late_start(bands[0], at=(*at, 0))
    for n, band in enumerate(bands):
        _refuse_empty(band, bounds, at=(*at, n))
    for n, (earlier, later) in enumerate(pairwise(bands), start=1):
        _refuse_gap(earlier, later, bounds, at=(*at, n))
    if bands[-1].upper is not None:
        raise fault(
            "band_end",
            "la dernière tranche n'a pas de « to » : retirez-le (ou ajoutez une tranche au-dessus)",
            at=(*at, len(bands) - 1),
        )


def _refuse_late_start(first: Span, *, at: tuple[Step, ...]) -> None:
    if first.lower != 0:
        raise fault("band_start", 'trou sous la première tranche : écrivez from: "0"', at=at)


def _refuse_empty(band: Span, bounds: Bounds, *, at: tuple[Step, ...]) -> None:
    if band.upper is not None and _is_empty(band.lower, band.upper, bounds):
        raise fault(
            "band_unreachable",
            f"personne ne peut être dans cette tranche, de {band.lower} à {band.upper} : "
            "« to » est plus grand que « from »",
            at=at,
        )


def _is_empty(lower: Decimal, upper: Decimal, bounds: Bounds) -> bool:
    if lower == upper:
        alone = bounds is Bounds.UPPER_INCLUDED and lower == 0  # a band for 0 alone
        return not alone and bounds is not Bounds.BOTH_INCLUDED
    return upper < lower


def _refuse_gap(earlier: Span, later: Span, bounds: Bounds, *, at: tuple[Step, ...]) -> None:
    if earlier.upper is None:
        raise fault(
            "band_unreachable",
            "personne ne peut être dans cette tranche : celle d'avant n'a pas de « to »",
            at=at,
        )
    wanted = earlier.upper + (_ONE if bounds is Bounds.BOTH_INCLUDED else 0)
    if later.lower != wanted:
        trouble = "trou" if later.lower > wanted else "chevauchement"
        raise fault(
            "band_cover",
            f'{trouble} : cette tranche commence où finit celle d\'avant : écrivez from: "{wanted}"'
            " (un trou de la grille publiée s'écrit en toutes lettres, avec hole: review)",
            at=at,
        )


def refuse_unreachable_cents(
    bands: Sequence[Span], bounds: Bounds, *, at: tuple[Step, ...]
) -> None:
    """When measures are whole euros, refuse a band that holds no whole euro.

    Raises:
        PydanticCustomError: at the band that nobody can be in.
    """
    for n, band in enumerate(bands):
        if band.upper is None:
            continue
        first = Fraction(ceil(band.lower))
        if not any(band.holds(euro, bounds) for euro in (first, first + 1)):
            raise fault(
                "band_unreachable",
                "personne ne peut être dans cette tranche : elle ne contient aucun euro entier",
                at=(*at, n),
            )
