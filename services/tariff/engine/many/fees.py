"""Prices and fees in columns."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from services.tariff.engine.many.exact import Exact, Flags, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Exact prices of a unit, in euros; `known` says which rows have one, the others tell none."""

    exact: Exact
    known: Flags

    @classmethod
    def nothing(cls, how_many: int) -> "Prices":
        """No row has a price yet."""
        return cls(Exact.of_ints(np.zeros(how_many, dtype=np.int64)), none_of(how_many))

    def put(self, rows: Flags, price: Fraction) -> "Prices":
        """The same, these rows having this price."""
        return Prices(self.exact.where(~rows, price), self.known | rows)

    def put_rows(self, rows: Flags, prices: Exact) -> "Prices":
        """The same, these rows having prices of their own."""
        return Prices(self.exact.where_rows(~rows, prices), self.known | rows)

    def changed(self, rows: Flags, prices: Exact) -> "Prices":
        """The same, the price of these rows being changed; whoever has none still has none."""
        return Prices(self.exact.where_rows(~rows, prices), self.known)

    def without(self, rows: Flags) -> "Prices":
        """The same, these rows having no price."""
        return Prices(self.exact, self.known & ~rows)


@dataclass(frozen=True, slots=True, eq=False)
class Fees:
    """Prices of a unit and amounts of a month, in cents, row by row.

    `priced` says where there is a price at all, `has_month` where the month is known.
    """

    unit_cents: Ints
    month_cents: Ints
    has_month: Flags
    priced: Flags


def none_of(how_many: int) -> Flags:
    """No row."""
    return np.zeros(how_many, dtype=np.bool_)


def all_of(how_many: int) -> Flags:
    """Every row."""
    return np.ones(how_many, dtype=np.bool_)
