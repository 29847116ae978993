"""The figures of the protocol, in one place; docs/reference/protocol.md repeats them, checked."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long things live. The defaults are production's; tests may hurry them."""

    heartbeat: timedelta = timedelta(seconds=2)  # how often a worker says that it lives
    life: timedelta = timedelta(seconds=6)  # it is dead when it has said nothing for so long
    longest_claim: timedelta = timedelta(seconds=120)  # above the longest call, even if it lives
    ring_again: timedelta = timedelta(seconds=10)  # a doorbell older than this may be lost
    tick: timedelta = timedelta(milliseconds=250)  # how often a scheduler looks
    sweep: timedelta = timedelta(seconds=1)  # how often it frees, wakes and quarantines
    overdue: timedelta = timedelta(minutes=10)  # how often it looks for calls held back too long
    endings: timedelta = timedelta(seconds=5)  # how often it looks whether campaigns are done
    remembered_key: timedelta = timedelta(days=30)  # how long an Idempotency-Key is known
    patience: timedelta = timedelta(seconds=20)  # how long a doorbell waits for permits


@dataclass(frozen=True, slots=True)
class Tier:
    """Applications by how often they were begun and not finished, and how many go in one claim.

    A worker that dies takes all it held one tier down. In the last tier each is alone in its
    process, so that only the one that kills can reach the limit.
    """

    least_starts: int
    most_starts: int
    size: int
    alone: bool

    def holds(self, starts: int) -> bool:
        """Whether what was begun so often is of this tier."""
        return self.least_starts <= starts <= self.most_starts


QUARANTINE_AT = 5  # starts that did not finish
TIERS = (
    Tier(least_starts=0, most_starts=0, size=16, alone=False),
    Tier(least_starts=1, most_starts=1, size=8, alone=False),
    Tier(least_starts=2, most_starts=QUARANTINE_AT - 1, size=1, alone=True),
)
