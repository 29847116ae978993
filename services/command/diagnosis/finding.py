"""A finding: one line of `berceau doctor`."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How it stands; only `BROKEN` makes the command fail."""

    FINE = "✓"
    WATCH = "!"
    BROKEN = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found, and what to do when it is not fine."""

    mark: Mark
    what: str
    remedy: str | None = None


def fine(what: str) -> Finding:
    return Finding(Mark.FINE, what)


def watch(what: str, remedy: str) -> Finding:
    return Finding(Mark.WATCH, what, remedy)


def broken(what: str, remedy: str) -> Finding:
    return Finding(Mark.BROKEN, what, remedy)
