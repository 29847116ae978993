"""Ledger: how many calls came and what they were answered; nobody's name is in it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from services.simulator.api.limits import Tightest

_ONE_S, _MINUTE_S = 1, 60
_SICK = frozenset({500, 502, 503, 504})
_ENOUGH = 10  # calls, before their failures say something of a provider's health


class Ledger:
    """Counts of the data calls since the start.

    `clock` tells the seconds of the calendar; `monotonic` measures windows.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._by_status: Counter[int] = Counter()
        self._by_endpoint: dict[str, Counter[int]] = {}
        self._now = self._concurrent_max = 0
        self._second, self._in_second, self._per_second_max = 0, 0, 0
        self._tightest: dict[str, tuple[Tightest, Tightest]] = {}
        self.total = 0

    @contextmanager
    def call(self, api: str = "particulier") -> Iterator[int]:
        """One call of an API, from its arrival to its answer; yields its number."""
        self._arrives(api)
        self._now += 1
        self._concurrent_max = max(self._concurrent_max, self._now)
        try:
            yield self.total
        finally:
            self._now -= 1

    def answered(self, status: int, endpoint: str = "") -> None:
        """Note what a call was answered; 0 for a connection closed without an answer."""
        self._by_status[status] += 1
        self._by_endpoint.setdefault(endpoint, Counter())[status] += 1

    def counts(self) -> dict[str, Any]:
        """As `GET /calls` answers them."""
        return {
            "total": self.total,
            "by_status": _plain(self._by_status),
            "by_endpoint": {name: _plain(each) for name, each in self._by_endpoint.items()},
            "concurrent_max": self._concurrent_max,
            "per_second_max": self._per_second_max,
            "tightest": {
                name: {"1s": second.most, "60s": minute.most}
                for name, (second, minute) in self._tightest.items()
            },
        }

    def is_sick(self, *endpoints: str) -> bool:
        """Whether a tenth of the answers of these endpoints were failures of the provider."""
        told = sum((self._by_endpoint.get(name, Counter()) for name in endpoints), Counter[int]())
        sick = sum(count for status, count in told.items() if status in _SICK)
        return told.total() >= _ENOUGH and sick * _ENOUGH >= told.total()

    def _arrives(self, api: str) -> None:
        self.total += 1
        second = int(self._clock())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        self._per_second_max = max(self._per_second_max, self._in_second)
        for window in self._windows(api):
            window.arrives()

    def _windows(self, api: str) -> tuple[Tightest, Tightest]:
        if api not in self._tightest:
            second = Tightest(_ONE_S, self._monotonic)
            self._tightest[api] = second, Tightest(_MINUTE_S, self._monotonic)
        return self._tightest[api]


def _plain(counts: Counter[int]) -> dict[str, int]:
    return {str(status): count for status, count in sorted(counts.items())}
