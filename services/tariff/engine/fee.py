"""What the engine gives back: an outcome, and each operation that led to it, as exact strings.

`Outcome` is a closed set of frozen values, read by one `match`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.tariff.language.policies import Ground, Policy
from services.tariff.language.sourced import Sourced
from services.tariff.language.words import Certainty, Missing, Stage, Unit
from shared.money import Money, Rounding

FIXED_PRICE = "fixed_price"
"""The provisional price that a tariff fixes for the year, where `Missing` has no word for it."""


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


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the tariff that was applied to this family, and where it was read."""

    name: str
    value: str
    source: str
    certainty: Certainty
    note: str | None

    @classmethod
    def of(cls, name: str, value: str, sourced: Sourced) -> "Parameter":
        """A value with the source of the part of the tariff that says it."""
        return cls(name, value, sourced.source, sourced.certainty, sourced.note)

    def as_json(self) -> dict[str, Any]:
        """The parameter as JSON values, under its name."""
        return {
            "value": self.value,
            "source": self.source,
            "certainty": self.certainty.value,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the price of a unit: the tariff's own price, then each surcharge."""

    label: str
    amount: Money

    def as_json(self) -> dict[str, Any]:
        """The line as JSON values."""
        return {"label": self.label, "cents": self.amount.cents}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee (tarif appliqué) under the PSU.

    `hourly` is in cents whatever the stage of rounding, surcharges included; `hourly_exact` is the
    same before rounding, in euros. `monthly` is None when no hours are known. `rate` is in percent.
    `lines` tell the price of an hour apart when the structure has a surcharge of its own.
    `provisional` says what stood in for resources that nobody knows.
    """

    hourly: Money
    monthly: Money | None
    operations: tuple[Operation, ...]
    hourly_exact: Fraction
    rate: Decimal
    rounding: Rounding
    stage: Stage
    lines: tuple[Line, ...] = ()
    provisional: Missing | str | None = None

    @property
    def price(self) -> Money:
        """The price of a unit."""
        return self.hourly

    @property
    def unit(self) -> Unit:
        """What it is the price of."""
        return Unit.HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFee:
    """A fee, or an aid paid when the method is `award`, under a local tariff.

    `price` is that of a unit in cents, surcharges included, and the sum of `lines`; `price_exact`
    is the same before rounding, in euros. `monthly` is None when the units of a month are not
    known. `provisional` says what stood in for a figure that nobody knows.
    """

    unit: Unit
    price: Money
    price_exact: Fraction
    monthly: Money | None
    lines: tuple[Line, ...]
    operations: tuple[Operation, ...]
    parameters: tuple[Parameter, ...]
    rounding: Rounding
    stage: Stage
    provisional: Missing | str | None = None


@dataclass(frozen=True, slots=True)
class NoFee:
    """No price can be set by these rules: `reason` says what an agent has to look at."""

    reason: Policy
    operations: tuple[Operation, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAwarded:
    """An aid is refused by its own conditions; `ground` says which."""

    ground: Ground
    operations: tuple[Operation, ...] = ()
    parameters: tuple[Parameter, ...] = ()


Outcome = Fee | LocalFee | NoFee | NotAwarded


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
