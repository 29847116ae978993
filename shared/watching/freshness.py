"""Freshness: one reading for everybody who looks, and never more than a tenth of the time spent."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.watching.figures import Snapshot

_SHORTEST_S = 1.0
_LONGEST_S = 60.0
_REST = 9  # a reading of one second is followed by nine of rest


@dataclass(frozen=True, slots=True)
class _Kept:
    snapshot: Snapshot
    until: float


class Glass:
    """Shows the last snapshot, and takes a new one when the last is too old.

    Args:
        read: takes a snapshot; what it raises reaches who looks, and is not kept.
        clock: seconds that only go forward.
    """

    def __init__(
        self, read: Callable[[], Snapshot], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._mutex = threading.Lock()
        self._kept: _Kept | None = None

    def look(self) -> Snapshot:
        """The figures, at most some seconds old: older the longer they take to read."""
        with self._mutex:
            if self._kept is None or self._clock() >= self._kept.until:
                self._kept = self._fresh()
            return self._kept.snapshot

    def _fresh(self) -> _Kept:
        began = self._clock()
        snapshot = self._read()
        ended = self._clock()
        rest = min(max(_REST * (ended - began), _SHORTEST_S), _LONGEST_S)
        return _Kept(snapshot, ended + rest)
