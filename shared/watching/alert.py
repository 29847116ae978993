"""One thing that is wrong, as it is told."""

from dataclasses import dataclass
from enum import IntEnum


class Gravity(IntEnum):
    """How soon a person must look; the lower, the sooner."""

    BROKEN = 0
    WATCH = 1


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong, and what to do."""

    gravity: Gravity
    what: str
    remedy: str
