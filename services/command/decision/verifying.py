"""Verifying every decision of the record, one after the other, in the memory of one page."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Engine

from services.command.decision import stored
from services.command.decision.checking import Erased, Fault, Tariffs, Whole, check
from shared.sealing import KeyRing

MOST_LISTED = 100  # faults that are named; the others are counted


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found so far: counts, and the first faults by reference and version."""

    decisions: int = 0
    recomputed: int = 0
    settled: int = 0
    erased: int = 0
    faulty: int = 0
    faults: tuple[Fault, ...] = field(default=())

    @property
    def whole(self) -> bool:
        """Whether every decision is as it was written and replays to the same bytes."""
        return not self.faulty

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def with_one_more(self, found: Whole | Erased | Fault) -> "Verified":
        """The same, one decision further."""
        read = replace(self, decisions=self.decisions + 1)
        match found:
            case Whole(recomputed=True):
                return replace(read, recomputed=read.recomputed + 1)
            case Whole():
                return replace(read, settled=read.settled + 1)
            case Erased():
                return replace(read, erased=read.erased + 1)
            case Fault():
                listed = (*read.faults, found)[:MOST_LISTED]
                return replace(read, faulty=read.faulty + 1, faults=listed)


def verify(
    engine: Engine,
    ring: KeyRing,
    tariffs: Tariffs,
    *,
    told: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Check every decision; `told` hears how many were read, after each.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is out of reach.
    """
    found = Verified()
    for decision in stored.every(engine):
        found = found.with_one_more(check(decision, ring, tariffs))
        told(found.decisions)
    return found
