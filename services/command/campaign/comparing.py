"""Comparing: what a decision sets, read from its record, and what the next one changes. Pure."""

import json
from dataclasses import dataclass

from services.tariff.engine.record import told_month, told_price


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one decision sets, in cents: a price in its unit, and an amount a month, if any."""

    price_cents: int | None = None
    unit: str | None = None
    monthly_cents: int | None = None

    @property
    def told_cents(self) -> int | None:
        """What a family compares: the month, or else the price."""
        return self.price_cents if self.monthly_cents is None else self.monthly_cents


@dataclass(frozen=True, slots=True)
class Compared:
    """One member of a campaign, before and after, without anything of a family.

    `after` is None when there is no new decision; `same` says that it was priced again and nothing
    differed. Amounts are None where nothing can be read.
    `owed_cents` is positive when the family owes for months that had elapsed.
    """

    reference: str
    structure: str | None
    status: str
    reason: str | None
    before_version: int
    before: Amounts | None
    version: int | None = None
    valid_from: str | None = None
    kind: str | None = None
    proposed: bool = False
    because: tuple[str, ...] = ()
    after: Amounts | None = None
    owed_cents: int | None = None
    same: bool = False

    @property
    def difference_cents(self) -> int | None:
        """How much more a month, or a unit, is set; None when one of the two is not known."""
        if self.before is None or self.after is None:
            return None
        was, now = self.before.told_cents, self.after.told_cents
        return None if was is None or now is None else now - was


def amounts_of(content: bytes) -> Amounts:
    """The amounts of a decision's unsealed content; none where no fee was set."""
    record = json.loads(content).get("record")
    if record is None:
        return Amounts()
    price, month = told_price(record), told_month(record)
    return Amounts(
        price_cents=None if price is None else price[0].cents,
        unit=None if price is None else price[1],
        monthly_cents=None if month is None else month.cents,
    )


def owed_of(content: bytes) -> int | None:
    """What is owed for elapsed months, as the decision says it; None when it says nothing."""
    difference = (json.loads(content).get("decision") or {}).get("difference") or {}
    owed: int | None = difference.get("owed_cents")
    return owed


def sum_owed(parts: list[int | None]) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
