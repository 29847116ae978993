"""The quiet bell: rings while Redis answers quickly, and leaves it alone while it does not.

A portal must not wait for Redis: when it was slow once, or took no doorbell, nobody asks it again
for a moment, and the scheduler rings from the record meanwhile.
"""

from collections.abc import Callable

from shared.events import Doorbell
from shared.protocol.honest_bell import Rings
from shared.states import Lane, Step

_SLOW_S = 0.2
_ALONE_FOR_S = 2.0


class QuietBell:
    """A bell that costs at most one slow look every two seconds."""

    def __init__(self, bell: Rings, *, clock: Callable[[], float]) -> None:
        self._bell = bell
        self._clock = clock
        self._ask_again_at = float("-inf")

    def room(self, step: Step, lane: Lane) -> int:
        """How many doorbells this queue may still take; none while Redis is left alone."""
        began = self._clock()
        if began < self._ask_again_at:
            return 0
        room = self._bell.room(step, lane)
        self._remember_how_long(began)
        return room

    def ring(self, doorbell: Doorbell) -> bool:
        """Put one doorbell in Redis; False when it could not be."""
        began = self._clock()
        rung = self._bell.ring(doorbell)
        self._remember_how_long(began)
        if not rung:  # a full Redis answers looks, and takes nothing
            self._leave_alone()
        return rung

    def _remember_how_long(self, began: float) -> None:
        ended = self._clock()
        if ended - began > _SLOW_S:
            self._leave_alone()

    def _leave_alone(self) -> None:
        self._ask_again_at = self._clock() + _ALONE_FOR_S
