"""Tally: how many change, why, by how much and where. Pure, and of a bounded size."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from services.command.campaign.comparing import Compared

BRACKETS_CENTS = (500, 2_000, 5_000, 10_000)
"""Upper bounds (included) of the brackets of a difference, in cents a month; the last is open."""


@dataclass(slots=True)
class Sums:
    """What changes in one structure: how many go which way, and amounts before and after."""

    up: int = 0
    down: int = 0
    same: int = 0
    before_cents: int = 0
    after_cents: int = 0

    def add(self, one: Compared, difference: int) -> None:
        self.up += difference > 0
        self.down += difference < 0
        self.same += difference == 0
        self.before_cents += (one.before and one.before.told_cents) or 0
        self.after_cents += (one.after and one.after.told_cents) or 0

    def plain(self) -> dict[str, int]:
        return {
            "up": self.up,
            "down": self.down,
            "same": self.same,
            "before_cents": self.before_cents,
            "after_cents": self.after_cents,
        }


@dataclass(slots=True)
class Tally:
    """The members of a campaign, counted one by one."""

    members: int = 0
    changed: int = 0
    same: int = 0
    proposed: int = 0
    pending: int = 0
    without_amount: int = 0
    owed_by_families_cents: int = 0
    owed_to_families_cents: int = 0
    because: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    brackets: Counter[tuple[str, int]] = field(default_factory=Counter)  # (up or down, bracket)
    structures: dict[str, Sums] = field(default_factory=dict)

    def add(self, one: Compared) -> None:
        """Count one member."""
        self.members += 1
        if one.same:
            self.same += 1
        elif one.version is None:
            self.pending += 1
            return
        else:
            self._add_new(one)
        self._add_difference(one)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        brackets = [
            {"way": way, "up_to_cents": limit_of(bracket), "count": count}
            for (way, bracket), count in sorted(self.brackets.items())
        ]
        return {
            "members": self.members,
            "changed": self.changed,
            "same": self.same,
            "proposed": self.proposed,
            "pending": self.pending,
            "without_amount": self.without_amount,
            "owed_by_families_cents": self.owed_by_families_cents,
            "owed_to_families_cents": self.owed_to_families_cents,
            "because": dict(sorted(self.because.items())),
            "kinds": dict(sorted(self.kinds.items())),
            "brackets": brackets,
            "structures": {name: sums.plain() for name, sums in sorted(self.structures.items())},
        }

    def _add_new(self, one: Compared) -> None:
        self.proposed += one.proposed
        self.changed += not one.proposed
        self.because.update(one.because)
        self.kinds[one.kind or ""] += 1
        self._add_owed(one.owed_cents or 0)

    def _add_owed(self, owed: int) -> None:
        self.owed_by_families_cents += max(owed, 0)
        self.owed_to_families_cents += max(-owed, 0)

    def _add_difference(self, one: Compared) -> None:
        difference = one.difference_cents
        if difference is None:
            self.without_amount += 1
            return
        if difference:
            self.brackets["up" if difference > 0 else "down", bracket_of(difference)] += 1
        self.structures.setdefault(one.structure or "", Sums()).add(one, difference)


def bracket_of(difference_cents: int) -> int:
    """The number of the bracket of a difference, whatever its sign."""
    size = abs(difference_cents)
    return sum(size > limit for limit in BRACKETS_CENTS)


def limit_of(bracket: int) -> int | None:
    """The upper bound of a bracket, in cents; None for the last."""
    return BRACKETS_CENTS[bracket] if bracket < len(BRACKETS_CENTS) else None
