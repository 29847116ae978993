"""Exact numbers by the million: fractions in two columns of integers, rounded as one is.

A column holds 64-bit integers while they are sure to fit, Python's own beyond: slower, never wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shared.money import Rounding

Ints = NDArray[Any]  # int64, or Python integers where those could overflow
Flags = NDArray[np.bool_]
_CENTS = 100
_MOST = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """`top / bottom`, row by row; every bottom is above zero."""

    top: Ints
    bottom: Ints

    @classmethod
    def of_ints(cls, values: Ints, over: int = 1) -> Self:
        """Whole numbers over one whole number: cents over 100 are euros."""
        return cls(values, np.full(len(values), over, dtype=np.int64))

    @classmethod
    def of_choices(cls, choices: Sequence[Fraction], index: Ints) -> Self:
        """For each row, the choice that its index names."""
        bottom = lcm(*(choice.denominator for choice in choices))
        tops = [int(choice * bottom) for choice in choices]
        return cls(_column(tops)[index], np.full(len(index), bottom, dtype=_kind(bottom)))

    def __len__(self) -> int:
        return len(self.top)

    def times(self, factor: Fraction) -> "Exact":
        """Each row times one number."""
        return Exact(
            _product(self.top, factor.numerator), _product(self.bottom, factor.denominator)
        )

    def times_rows(self, other: "Exact") -> "Exact":
        """Row times row."""
        return Exact(_product(self.top, other.top), _product(self.bottom, other.bottom))

    def over_rows(self, divisors: Ints) -> "Exact":
        """Each row over a whole number of its own, above zero."""
        return Exact(self.top, _product(self.bottom, divisors))

    def plus_rows(self, other: "Exact") -> "Exact":
        """Row plus row."""
        top = _sum(_product(self.top, other.bottom), _product(other.top, self.bottom))
        return Exact(top, _product(self.bottom, other.bottom))

    def plus(self, term: Fraction) -> "Exact":
        """Each row plus one number."""
        top = _sum(_product(self.top, term.denominator), _product(self.bottom, term.numerator))
        return Exact(top, _product(self.bottom, term.denominator))

    def below(self, bound: Fraction) -> Flags:
        """The rows that are less than a number."""
        return self._compared(bound) < 0

    def above(self, bound: Fraction) -> Flags:
        """The rows that are more than a number."""
        return self._compared(bound) > 0

    def at_least(self, bound: Fraction) -> "Exact":
        """Each row, or the number where the row is less."""
        return self.where(~self.below(bound), bound)

    def at_most(self, bound: Fraction) -> "Exact":
        """Each row, or the number where the row is more."""
        return self.where(~self.above(bound), bound)

    def where(self, kept: Flags, other: Fraction) -> "Exact":
        """The rows that are kept, and one number in place of the rest."""
        return Exact(
            np.where(kept, self.top, other.numerator),
            np.where(kept, self.bottom, other.denominator),
        )

    def where_rows(self, kept: Flags, other: "Exact") -> "Exact":
        """The rows that are kept, and another's in place of the rest."""
        return Exact(np.where(kept, self.top, other.top), np.where(kept, self.bottom, other.bottom))

    def whole(self) -> "Exact":
        """Each row without its fraction, towards minus infinity."""
        return Exact.of_ints(self.top // self.bottom)

    def rows(self, chosen: Flags | Ints) -> "Exact":
        """Only these rows."""
        return Exact(self.top[chosen], self.bottom[chosen])

    def cents(self, rounding: Rounding) -> Ints:
        """Euros as cents, rounded as `round_to_cents` rounds one."""
        top = _product(np.abs(self.top), _CENTS)
        whole, rest = top // self.bottom, top % self.bottom
        rounded = whole + _rounds_up(whole, rest, self.bottom, rounding)
        return np.where(self.top < 0, -rounded, rounded)

    def _compared(self, bound: Fraction) -> Ints:
        """Below zero, zero or above zero, as the row is to the number."""
        mine = _product(self.top, bound.denominator)
        theirs = _product(self.bottom, bound.numerator)
        return np.sign(_sum(mine, -theirs)).astype(np.int8)


def _rounds_up(whole: Ints, rest: Ints, bottom: Ints, rounding: Rounding) -> Flags:
    twice = _product(rest, 2)
    match rounding:
        case Rounding.TRUNCATE:
            return np.zeros(len(whole), dtype=np.bool_)
        case Rounding.HALF_UP:
            return np.asarray(twice >= bottom, dtype=np.bool_)
        case Rounding.HALF_EVEN:
            odd = np.asarray(whole % 2 == 1, dtype=np.bool_)
            return np.asarray((twice > bottom) | ((twice == bottom) & odd), dtype=np.bool_)


def _column(values: Sequence[int]) -> Ints:
    most = max(map(abs, values), default=0)
    return np.array(values, dtype=_kind(most))


def _kind(most: int) -> type[Any]:
    return np.int64 if most < _MOST else object


def _most(values: Ints | int) -> int:
    if isinstance(values, int):
        return abs(values)
    if not len(values):
        return 0
    return max(abs(int(values.max())), abs(int(values.min())))


def _product(one: Ints, other: Ints | int) -> Ints:
    fits = _most(one) * _most(other) < _MOST
    product: Ints = (one if fits else one.astype(object)) * other
    return product


def _sum(one: Ints, other: Ints) -> Ints:
    fits = _most(one) + _most(other) < _MOST
    total: Ints = (one if fits else one.astype(object)) + other
    return total
