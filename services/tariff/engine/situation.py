"""The situation that the PSU prices: what the engine may know of a family, and nothing else."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared.application import CareType
from shared.decisions import Verdict
from shared.money import Money

_HUNDREDTH = Decimal("0.01")


def monthly_hours(contract_hours: Decimal, instalments: int) -> Decimal:
    """Hours billed each month: hours of the contract over its invoices, half-up to 0.01 h.

    885.5 h in 7 invoices are 126.50 h (creche-planner, in the worked examples).

    Raises:
        ValueError: when there is no invoice.
    """
    if instalments < 1:
        raise ValueError(f"{instalments} instalments: a contract has one invoice at least")
    return (contract_hours / instalments).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Contract:
    """The hours reserved over a whole contract, and the number of monthly invoices."""

    hours: Decimal
    instalments: int

    @property
    def monthly_hours(self) -> Decimal:
        """Hours billed each month."""
        return monthly_hours(self.hours, self.instalments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A family's situation on the day of the decision.

    `children` and `aeeh_children` are counted in the sense of family benefits; AEEH is health
    data. `annual_resources` may be zero or below: the floor applies; None is not known, and the
    tariff says what to do then. `monthly_hours` are hundredths of an hour; `contract`, when known,
    is what they come from. `resident` counts only where the structure has a surcharge of its own.

    Raises:
        ValueError: for counts or hours that no family can have, or that disagree.
    """

    care_type: CareType
    children: int
    aeeh_children: int
    annual_resources: Money | None
    monthly_hours: Decimal | None = None
    contract: Contract | None = None
    resident: Verdict = Verdict.UNKNOWN

    def __post_init__(self) -> None:
        if not 0 <= self.aeeh_children <= self.children or self.children < 1:
            raise ValueError(
                f"{self.aeeh_children} AEEH among {self.children} children: "
                "one child at least, and no more AEEH than children"
            )
        hours = self.hours
        if hours is not None and (hours < 0 or hours != hours.quantize(_HUNDREDTH)):
            raise ValueError(f"{hours} hours: give hundredths of an hour, zero at least")
        if self.contract is not None and self.monthly_hours not in {None, hours}:
            raise ValueError(f"{self.monthly_hours} h a month is not what the contract gives")

    @property
    def hours(self) -> Decimal | None:
        """Hours billed each month: the contract's when it is known, else those given."""
        return self.contract.monthly_hours if self.contract else self.monthly_hours
