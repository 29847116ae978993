"""Ledger: how many calls came and what they were answered; nobody's name is in it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Ledger:
    """Counts of the data calls since the start."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._by_status: Counter[int] = Counter()
        self._now = self._concurrent_max = 0
        self._second, self._in_second, self._per_second_max = 0, 0, 0
        self.total = 0

    @contextmanager
    def call(self) -> Iterator[int]:
        """One call, from its arrival to its answer; yields its number."""
        self._arrives()
        self._now += 1
        self._concurrent_max = max(self._concurrent_max, self._now)
        try:
            yield self.total
        finally:
            self._now -= 1

    def answered(self, status: int) -> None:
        """Note what a call was answered; 0 for a connection closed without an answer."""
        self._by_status[status] += 1

    def counts(self) -> dict[str, Any]:
        """As `GET /calls` answers them."""
        return {
            "total": self.total,
            "by_status": {str(status): n for status, n in sorted(self._by_status.items())},
            "concurrent_max": self._concurrent_max,
            "per_second_max": self._per_second_max,
        }

    def _arrives(self) -> None:
        self.total += 1
        second = int(self._clock())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        self._per_second_max = max(self._per_second_max, self._in_second)
