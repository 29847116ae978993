"""Versions: from which day a new one holds, why it differs, and what is owed for months past. Pure.

A change counts from the first of the month after it, as funds revise their allowances. Earlier only
when the family pays less for it (or is paid more), or by an agent with a ground. Nothing that was
decided is changed: the new version is one more, and what elapsed is owed as a difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.decisions import Before, Change, DecisionKind, DecisionMode, Difference, Verdict
from shared.versions import holding_on

_OF_INPUT: Mapping[str, Change] = {
    "annual_resources_cents": Change.RESOURCES,
    "income_of_reference_cents": Change.RESOURCES,
    "parts_hundredths": Change.RESOURCES,
    "children": Change.CHILDREN,
    "aeeh_children": Change.DISABILITY,
    "care_type": Change.HOURS,
    "contract": Change.HOURS,
    "monthly_hours": Change.HOURS,
    "monthly_units": Change.HOURS,
    "resident": Change.RESIDENCE,
    "quotients": Change.QUOTIENT,
    "rank": Change.RANK,
}
_OF_CHECK: Mapping[str, Change] = {"residence": Change.RESIDENCE, "income": Change.RESOURCES}
_PAYS_NOTHING = frozenset({DecisionKind.NOT_AWARDED})
_AIDS = frozenset({DecisionKind.AWARDED, DecisionKind.NOT_AWARDED})


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, or is about to be: kind, amounts in cents, and what they rest on."""

    kind: DecisionKind
    price_cents: int | None
    monthly_cents: int | None
    tariff_digest: str | None
    inputs: Mapping[str, Any]
    verdicts: Mapping[str, Verdict]
    by_agent: bool = False

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Decided":
        """Read sealed content; before decisions had an envelope, every one was a fee."""
        record, said = content.get("record") or {}, content.get("decision") or {}
        fee, inputs = record.get("fee") or {}, record.get("inputs") or {}
        checks = said.get("admissibility", ())
        return cls(
            kind=DecisionKind(said.get("kind", DecisionKind.FEE)),
            price_cents=fee.get("price_cents", fee.get("hourly_cents")),
            monthly_cents=fee.get("monthly_cents"),
            tariff_digest=record.get("tariff", {}).get("digest"),
            inputs={name: _compared(name, told["value"]) for name, told in inputs.items()},
            verdicts={one["check"]: Verdict(one["verdict"]) for one in checks},
            by_agent=said.get("mode") == DecisionMode.BY_AGENT,
        )

    @property
    def cost(self) -> tuple[int | None, int | None]:
        """What the family pays by month and by unit, in cents; below zero when it is paid."""
        if self.kind in _PAYS_NOTHING:
            return 0, 0
        sign = -1 if self.kind in _AIDS else 1
        return _signed(self.monthly_cents, sign), _signed(self.price_cents, sign)


def _compared(name: str, value: Any) -> Any:  # noqa: ANN401  # JSON values
    """An input as it is compared: a quotient by its amount, whatever the month that it is of."""
    return [one["cents"] for one in value] if name == "quotients" else value


def _signed(cents: int | None, sign: int) -> int | None:
    return None if cents is None else sign * cents


@dataclass(frozen=True, slots=True)
class Past:
    """A version that binds: its number, its first day, and what it decided."""

    version: int
    valid_from: date
    decided: Decided

    @property
    def told(self) -> Before:
        """As a later version names it."""
        return Before(
            version=self.version,
            valid_from=self.valid_from,
            price_cents=self.decided.price_cents,
            monthly_cents=self.decided.monthly_cents,
        )


def first_of_next_month(day: date) -> date:
    """The day from which a change of this day counts."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def in_favour(new: Decided, old: Decided) -> bool:
    """Whether the family is better off: it pays less by month, or by unit where no month is known.

    A price by another unit, or none, compares to nothing.
    """
    for ours, theirs in zip(new.cost, old.cost, strict=True):
        if ours is not None and theirs is not None:
            return ours < theirs
    return False


def changes(new: Decided, old: Decided, *, correction: bool = False) -> tuple[Change, ...]:
    """Why a version differs from the one before, in the order of `Change`; nothing: it does not."""
    found = {change for name, change in _OF_INPUT.items() if _differ(name, new.inputs, old.inputs)}
    found |= {_OF_CHECK[one] for one in _OF_CHECK if _differ(one, new.verdicts, old.verdicts)}
    if new.tariff_digest != old.tariff_digest and None not in {
        new.tariff_digest,
        old.tariff_digest,
    }:
        found.add(Change.CORRECTION if correction else Change.TARIFF)
    return tuple(change for change in Change if change in found)


def _differ(name: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether both tell it, and not the same: what one of them does not tell has not changed."""
    return name in new and name in old and new[name] != old[name]


def differs(new: Decided, old: Decided) -> bool:
    """Whether there is anything to decide anew."""
    same_money = (new.kind, *new.cost) == (old.kind, *old.cost)
    return not same_money or bool(changes(new, old))


def difference(
    new: Decided, starts: date, past: Sequence[Past], *, today: date, ends: date | None = None
) -> Difference | None:
    """What is owed for the months that had elapsed when a version was decided; None when none had.

    A month counts whole as soon as the version holds on one of its days, for invoices are monthly;
    `ends` is the last day of care.
    """
    months = [month for month in _months(starts, today) if ends is None or month <= ends]
    if not months:
        return None
    owed = [_owed(new, max(month, starts), past) for month in months]
    known = [cents for cents in owed if cents is not None]
    total = sum(known) if len(known) == len(owed) else None
    return Difference(months=len(months), owed_cents=total)


def _months(starts: date, today: date) -> Iterator[date]:
    """The first days of the months that have elapsed, from that of a day on."""
    month = starts.replace(day=1)
    while first_of_next_month(month) <= today:
        yield month
        month = first_of_next_month(month)


def _owed(new: Decided, day: date, past: Sequence[Past]) -> int | None:
    before = holding_on(past, day)
    ours, theirs = new.cost[0], before.decided.cost[0] if before else None
    return None if ours is None or theirs is None else ours - theirs
