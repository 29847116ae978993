"""Pacing: who gives a worker the right to begin so much work."""

from typing import Protocol

from shared.protocol.pauses import Turn
from shared.queue.pace import Permits


class GivesPermits(Protocol):
    """The pace of one kind of work."""

    def take(self, turn: Turn, wanted: int) -> Permits: ...
    def give_back(self, turn: Turn, unused: int) -> None: ...


class NoPace:
    """For work that calls nobody: every permit is given."""

    def take(self, turn: Turn, wanted: int) -> Permits:  # noqa: ARG002
        return Permits(wanted, 0)

    def give_back(self, turn: Turn, unused: int) -> None: ...
