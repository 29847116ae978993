"""Overruns (dépassements): how minutes beyond the reserved hours become billed minutes. Pure.

Rules of operation differ from one crèche to the next, and no national text settles them: some bill
to the minute, most bill every block that has begun, after some minutes of grace. Sources stand
with the golden cases, in `tests/cases/overruns.yaml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Grace(StrEnum):
    """What the minutes of grace forgive."""

    ONCE = "once"  # a short overrun is free; a longer one is billed from its first minute
    EACH_BLOCK = "each_block"  # every block begins late: the 31st minute opens a new hour


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrunRule:
    """How an overrun is billed: blocks of so many minutes, and the grace before one is due.

    A block of 1 minute without grace bills to the minute.

    Raises:
        ValueError: for a block without minutes, or a grace as long as a block.
    """

    block_minutes: int
    grace_minutes: int = 0
    grace: Grace = Grace.ONCE

    def __post_init__(self) -> None:
        if self.block_minutes < 1 or not 0 <= self.grace_minutes < self.block_minutes:
            raise ValueError(
                f"{self.grace_minutes} minutes of grace for blocks of {self.block_minutes}: "
                "a block has one minute at least, and the grace is shorter than it"
            )

    def billed_minutes(self, overrun: int) -> int:
        """The minutes billed for an overrun, a multiple of the block; none for an early departure.

        Ty Bugale forgives 5 minutes and bills half hours: 6 minutes are 30, 85 minutes are 90.
        """
        if overrun <= self.grace_minutes:
            return 0
        counted = overrun - self.grace_minutes if self.grace is Grace.EACH_BLOCK else overrun
        return -(-counted // self.block_minutes) * self.block_minutes


def packaged_minutes(presence: int, packages: Iterable[int]) -> int:
    """The minutes billed for a presence sold by packages: the smallest one that holds it.

    A presence beyond the longest package is billed as it is, to the minute.
    """
    return min((size for size in packages if size >= presence), default=presence)
