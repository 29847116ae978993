"""Fees in columns."""

from dataclasses import dataclass

from services.tariff.engine.many.exact import Flags, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Fees:
    """Prices of a unit and amounts of a month, in cents, row by row.

    `priced` says where there is a price at all, `has_month` where the month is known.
    """

    unit_cents: Ints
    month_cents: Ints
    has_month: Flags
    priced: Flags
