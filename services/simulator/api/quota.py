"""Quota: a fixed window of one second per token, as the throttle of API Particulier."""

import math
import time
from collections.abc import Callable, Mapping

_WINDOW_S = 1


class Quota:
    """Counts the calls of each token in the running second. `limit` None: no quota."""

    def __init__(self, limit: int | None, clock: Callable[[], float] = time.time) -> None:
        self._limit, self._clock = limit, clock
        self._window = 0
        self._spent: dict[str, int] = {}

    def take(self, token: str) -> bool:
        """Whether one more call of this token fits; it counts even when it does not."""
        window = int(self._clock()) // _WINDOW_S
        if window != self._window:
            self._window = window
            self._spent.clear()
        self._spent[token] = self._spent.get(token, 0) + 1
        return self._limit is None or self._spent[token] <= self._limit

    def headers(self, token: str) -> Mapping[str, str]:
        """`RateLimit-*` for a token; none without a quota."""
        if self._limit is None:
            return {}
        return {
            "RateLimit-Limit": str(self._limit),
            "RateLimit-Remaining": str(max(0, self._limit - self._spent.get(token, 0))),
            "RateLimit-Reset": str(self._end()),
        }

    def retry_after(self) -> str:
        """Whole seconds until the next window, at least one."""
        return str(max(1, math.ceil(self._end() - self._clock())))

    def _end(self) -> int:
        return (self._window + 1) * _WINDOW_S
