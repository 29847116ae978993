"""Limits: counts of calls in windows of time, and the ban of whoever ignores them."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping

from services.simulator.api.answers import Answer

Clock = Callable[[], float]
_MOST_KEYS = 10_000
_MINUTE_S = 60
_TOO_MANY = 429


class Limit:
    """A fixed window per key, as the throttle of API Particulier. `most` None or 0: no limit."""

    def __init__(self, most: int | None, period_s: int = 1, clock: Clock = time.time) -> None:
        self._most, self._period, self._clock = most, period_s, clock
        self._window = 0
        self._spent: dict[str, int] = {}

    def take(self, key: str) -> bool:
        """Whether one more call of this key fits; it counts even when it does not."""
        window = int(self._clock()) // self._period
        if window != self._window or len(self._spent) >= _MOST_KEYS:
            self._window = window
            self._spent.clear()
        self._spent[key] = self._spent.get(key, 0) + 1
        return not self._most or self._spent[key] <= self._most

    def headers(self, key: str) -> Mapping[str, str]:
        """`RateLimit-*` for a key; none without a limit."""
        if not self._most:
            return {}
        return {
            "RateLimit-Limit": str(self._most),
            "RateLimit-Remaining": str(max(0, self._most - self._spent.get(key, 0))),
            "RateLimit-Reset": str(self._end()),
        }

    def retry_after(self) -> Mapping[str, str]:
        """`Retry-After`: whole seconds until the next window, at least one."""
        return {"Retry-After": str(max(1, math.ceil(self._end() - self._clock())))}

    def _end(self) -> int:
        return (self._window + 1) * self._period


class Bans:
    """Addresses that are answered nothing any more, for they called on after 429 upon 429.

    `after`: how many 429 in a minute are forgiven; 0 forgives all.
    """

    def __init__(self, after: int, length_s: int, clock: Clock = time.time) -> None:
        self._after, self._length, self._clock = after, length_s, clock
        self._told = Limit(after, _MINUTE_S, clock)
        self._until: dict[str, float] = {}

    def holds(self, address: str) -> bool:
        """Whether an address is banned now."""
        return self._until.get(address, 0) > self._clock()

    def note(self, address: str, answer: Answer) -> None:
        """Count a refusal for having called too much; one too many bans."""
        if answer.status == _TOO_MANY and not self._told.take(address):
            self._forget_the_past()
            self._until[address] = self._clock() + self._length

    def count(self) -> int:
        """How many addresses are banned now."""
        return sum(until > self._clock() for until in self._until.values())

    def _forget_the_past(self) -> None:
        now = self._clock()
        self._until = {key: until for key, until in self._until.items() if until > now}
        if len(self._until) >= _MOST_KEYS:
            del self._until[min(self._until, key=self._until.__getitem__)]


class Tightest:
    """The most calls seen in any window of a length, wherever it starts."""

    def __init__(self, length_s: float, clock: Clock = time.monotonic) -> None:
        self._length, self._clock = length_s, clock
        self._recent: deque[float] = deque(maxlen=100_000)
        self.most = 0

    def arrives(self) -> None:
        """One more call, now."""
        now = self._clock()
        self._recent.append(now)
        while self._recent[0] <= now - self._length:
            self._recent.popleft()
        self.most = max(self.most, len(self._recent))
