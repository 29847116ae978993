"""Money: integer cents through one type, and rounding that is always named.

Nothing in Berceau adds euros as floats: amounts are `Money`, computations that need more than cents
use `Fraction`, and `round_to_cents` is the only door between the two.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

from shared.errors import MoneyFormatError

_EUROS = re.compile(r"(?P<sign>-?)(?P<euros>\d{1,12})(?:\.(?P<cents>\d{1,2}))?\Z", re.ASCII)
_CENTS = 100


class Rounding(StrEnum):
    """How an exact amount becomes cents."""

    HALF_UP = "half-up"  # 0.005 becomes 0.01: the usual practice of crèches
    HALF_EVEN = "half-even"  # banker's rounding: 0.005 becomes 0.00, 0.015 becomes 0.02
    TRUNCATE = "truncate"  # towards zero: Vincennes prints 2.2284 as 2.22


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of euros, in integer cents."""

    cents: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `48000`, `48000.5` or `48000.00`.

        Raises:
            MoneyFormatError: for anything else, a comma included.
        """
        found = _EUROS.match(text)
        if found is None:
            raise MoneyFormatError(f"{text!r} is not an amount: write euros as 48000.00")
        cents = int(found["euros"]) * _CENTS + int((found["cents"] or "0").ljust(2, "0"))
        return cls(-cents if found["sign"] else cents)

    @classmethod
    def of_euros(cls, euros: int) -> Self:
        """An amount of whole euros, as the State's APIs give them."""
        return cls(euros * _CENTS)

    @property
    def exact(self) -> Fraction:
        """The amount in euros, exactly."""
        return Fraction(self.cents, _CENTS)

    def __str__(self) -> str:
        """Euros with two decimals and a point: `48000.00`."""
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // _CENTS}.{abs(self.cents) % _CENTS:02d}"

    @property
    def in_french(self) -> str:
        """As a letter prints it: `48 000,00 €`, with no-break spaces."""
        sign = "-" if self.cents < 0 else ""
        euros = f"{abs(self.cents) // _CENTS:,}".replace(",", "\u202f")
        return f"{sign}{euros},{abs(self.cents) % _CENTS:02d}\u00a0€"


def round_to_cents(euros: Fraction, rounding: Rounding) -> Money:
    """Round an exact amount of euros to cents, in the named way (and symmetrically below zero)."""
    exact = abs(euros) * _CENTS
    whole, rest = divmod(exact.numerator, exact.denominator)
    if _rounds_up(whole, Fraction(rest, exact.denominator), rounding):
        whole += 1
    return Money(-whole if euros < 0 else whole)


def _rounds_up(whole: int, rest: Fraction, rounding: Rounding) -> bool:
    half = Fraction(1, 2)
    match rounding:
        case Rounding.TRUNCATE:
            return False
        case Rounding.HALF_UP:
            return rest >= half
        case Rounding.HALF_EVEN:
            return rest > half or (rest == half and whole % 2 == 1)
