"""What an outcome tells, and what a row of columns tells, in the same words."""

from services.tariff.engine.fee import Fee, LocalFee, Outcome
from services.tariff.engine.many.fees import Fees

Told = tuple[int, int | None] | None


def told(outcome: Outcome) -> Told:
    """The price of a unit and the amount of a month, in cents; None when there is no price."""
    if not isinstance(outcome, Fee | LocalFee):
        return None
    return outcome.price.cents, None if outcome.monthly is None else outcome.monthly.cents


def rows(fees: Fees) -> list[Told]:
    """The same of each row."""
    columns = zip(fees.unit_cents, fees.month_cents, fees.has_month, fees.priced, strict=True)
    return [
        (int(unit), int(month) if has_month else None) if priced else None
        for unit, month, has_month, priced in columns
    ]
