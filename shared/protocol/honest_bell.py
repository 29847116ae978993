"""The honest bell: nothing stays marked as rung whose doorbell could not be put in Redis.

A full Redis answers looks and refuses doorbells. What was marked in the same transaction as it
became due would otherwise wait until its doorbell is thought lost (`Tempo.ring_again`).
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from shared.events import Doorbell
from shared.states import Lane, Step


class Rings(Protocol):
    """What rings, and knows how much room there is."""

    def room(self, step: Step, lane: Lane) -> int: ...
    def ring(self, doorbell: Doorbell) -> bool: ...


class HonestBell:
    """Rings; what was not rung is unmarked in the record, and rung by the next tick.

    Args:
        bell: rings in Redis.
        unring: takes the marks away, in the record; when that breaks too, the doorbell grows old.
    """

    def __init__(self, bell: Rings, unring: Callable[[Step, Sequence[UUID]], None]) -> None:
        self._bell = bell
        self._unring = unring

    def room(self, step: Step, lane: Lane) -> int:
        """How many doorbells this queue may still take."""
        return self._bell.room(step, lane)

    def ring(self, doorbell: Doorbell) -> bool:
        """Put one doorbell in Redis; False when it could not be."""
        rung = self._bell.ring(doorbell)
        if not rung:
            with contextlib.suppress(SQLAlchemyError):
                self._unring(doorbell.step, doorbell.ids)
        return rung
