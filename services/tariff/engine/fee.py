"""What the engine gives back: a fee, and each operation that led to it, as exact strings."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.tariff.language.words import Stage
from shared.money import Money, Rounding


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of the computation, enough to do it again by hand.

    Numbers are exact: `3410.25`, or `17500/3` when no decimal writes them.
    """

    step: str
    formula: str
    inputs: Mapping[str, str]
    result: str

    def as_json(self) -> dict[str, Any]:
        """The operation as JSON values."""
        return {
            "step": self.step,
            "formula": self.formula,
            "inputs": dict(self.inputs),
            "result": self.result,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee (tarif appliqué).

    `hourly` is in cents whatever the stage of rounding; `hourly_exact` is the price before
    rounding, in euros. `monthly` is None when no hours are known. `rate` is in percent.
    """

    hourly: Money
    monthly: Money | None
    operations: tuple[Operation, ...]
    hourly_exact: Fraction
    rate: Decimal
    rounding: Rounding
    stage: Stage


def exact(value: Fraction) -> str:
    """A number without loss: a decimal when one can write it, else a fraction."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = abs(value.numerator) * 10**places // value.denominator
    whole, decimals = divmod(digits, 10**places)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{decimals:0{places}d}" if places else f"{sign}{whole}"
