"""The glass: one reading of the overview for all of a process who see the same.

It rests so long after each that PostgreSQL gives it a twenty-fifth of a processor at most, however
many look and however long a reading takes; several glasses share that part.
"""

import threading
import time
from collections.abc import Callable

from shared.watching.overview import Overview


class Glass:
    """Shows the last overview to everybody, and takes a new one when the last is too old.

    Args:
        read: takes one; what it raises reaches who looks, and is not kept.
        clock: seconds that only go forward.
    """

    SHORTEST_S = 1.0
    LONGEST_S = 60.0
    REST = 24  # a reading of one second is followed by so many of rest

    def __init__(
        self, read: Callable[[], Overview], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._mutex = threading.Lock()
        self._kept: Overview | None = None
        self._until = 0.0

    def look(self, among: int = 1) -> Overview:
        """The overview, at most some seconds old: older the longer it takes to read.

        Args:
            among: how many glasses people look into, this one included.
        """
        with self._mutex:
            if self._kept is None or self._clock() >= self._until:
                began = self._clock()
                self._kept = self._read()
                ended = self._clock()
                self._until = ended + self._rest(ended - began, among)
            return self._kept

    def _rest(self, took: float, among: int) -> float:
        """Seconds between the end of a reading that took so long and the next."""
        turn = (self.REST + 1) * took * among
        return min(max(turn - took, self.SHORTEST_S * among), self.LONGEST_S * among)
