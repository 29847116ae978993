"""The glass: one reading for all of a process who see the same, however many look.

It rests after each reading, the longer the longer that took, so that reading takes a bounded part
of the time: a twenty-fifth, unless said otherwise. Several glasses may share that part.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

REST = 24.0  # a reading of one second is followed by so many of rest, unless said otherwise
SHORTEST_S, LONGEST_S = 1.0, 60.0
_Seen = TypeVar("_Seen")


class Glass(Generic[_Seen]):
    """Shows the last reading to everybody, and takes a new one when the last is too old.

    One of those who look takes it; the others are shown the last one meanwhile, unless that is
    older by `LONGEST_S` than it may be.

    Args:
        read: takes one; what it raises reaches who looks, and is not kept.
        rest: a reading of one second is followed by so many of rest.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        read: Callable[[], _Seen],
        *,
        rest: float = REST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._share = rest
        self._clock = clock
        self._mutex = threading.Lock()
        self._kept: _Seen | None = None
        self._until = -math.inf

    def look(self, among: int = 1) -> _Seen:
        """What was read, at most some seconds ago: longer ago the longer it takes to read.

        Args:
            among: how many glasses people look into, this one included.
        """
        late = self._late
        if late >= 0 and self._mutex.acquire(blocking=late > LONGEST_S):
            try:
                if self._late >= 0:  # nobody read while we waited
                    self._renew(among)
            finally:
                self._mutex.release()
        return self._kept  # type: ignore[return-value]  # the first look waited for a reading

    @property
    def _late(self) -> float:
        """For how many seconds a new reading has been due; below 0, it is not."""
        return self._clock() - self._until

    def _renew(self, among: int) -> None:
        began = self._clock()
        self._kept = self._read()
        ended = self._clock()
        self._until = ended + self._rest(ended - began, among)

    def _rest(self, took: float, among: int) -> float:
        """Seconds between the end of a reading that took so long and the next."""
        turn = (self._share + 1) * took * among
        return min(max(turn - took, SHORTEST_S * among), LONGEST_S * among)
