"""Tolls: what a portal has left of its requests a minute, shared by every intake process.

One bucket per portal, full at the start, refilled evenly. What costs more than a whole minute's
limit passes when the bucket is full and leaves a debt, so that no batch is too big for ever. When
Redis does not answer, each process counts alone: intake refuses nobody because Redis is away.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import cast
from uuid import UUID

from redis import Redis, RedisError

_SECONDS = 60
_MOST_PORTALS = 10_000
_ALONE_FOR_S = 2.0
_TAKE = """
-- KEYS[1] bucket  hash {left, at}: requests left (debt below 0), and when (s) they were counted
-- ARGV    limit (a minute), cost
local limit, cost = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = redis.call('time'); now = now[1] + now[2] / 1000000
local bucket = redis.call('hmget', KEYS[1], 'left', 'at')
local left, at = tonumber(bucket[1] or limit), tonumber(bucket[2] or now)
left = math.min(limit, left + math.max(0, now - at) * limit / 60)
local passes = left >= math.min(cost, limit)
if passes then left = left - cost end
redis.call('hset', KEYS[1], 'left', string.format('%.6f', left), 'at', string.format('%.6f', now))
redis.call('expire', KEYS[1], math.ceil((limit - left) * 60 / limit) + 1)
return {passes and 1 or 0, string.format('%.6f', left)}
"""


@dataclass(frozen=True, slots=True)
class Toll:
    """What one request came to: whether it passes, and what is left of the minute's limit.

    `left` is below 0 after a debt; `cost` is what was asked for.
    """

    passes: bool
    limit: int
    left: float
    cost: int

    @property
    def remaining(self) -> int:
        """Whole requests that would pass now."""
        return max(0, math.floor(self.left))

    @property
    def reset_s(self) -> int:
        """Seconds until the bucket is full."""
        return math.ceil((self.limit - self.left) * _SECONDS / self.limit)

    @property
    def retry_s(self) -> int:
        """Seconds until the same request would pass, at least 1."""
        missing = min(self.cost, self.limit) - self.left
        return max(1, math.ceil(missing * _SECONDS / self.limit))


def counted(limit: int, left: float, *, elapsed_s: float, cost: int) -> Toll:
    """One request on a bucket that had `left` so many seconds ago: the rule, as the script has it.

    Args:
        limit: requests a minute, at least 1.
        left: what was left then; the limit for a new bucket.
        elapsed_s: since then.
        cost: 1, or the rows of a batch.
    """
    left = min(limit, left + max(0.0, elapsed_s) * limit / _SECONDS)
    passes = left >= min(cost, limit)
    return Toll(passes, limit, left - cost if passes else left, cost)


class Alone:
    """Counts in this process only; the portals unseen for longest are forgotten first."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()  # the desk's threads come here at once
        self._buckets: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def take(self, portal: UUID, limit: int, cost: int) -> Toll:
        """Count one request; waits for no more than another thread's count."""
        with self._lock:
            now = self._clock()
            left, at = self._buckets.pop(portal, (float(limit), now))
            toll = counted(limit, left, elapsed_s=now - at, cost=cost)
            self._buckets[portal] = (toll.left, now)
            if len(self._buckets) > _MOST_PORTALS:
                self._buckets.popitem(last=False)
            return toll


class Tolls:
    """Counts in Redis with every other process; alone for two seconds once it does not answer."""

    def __init__(self, client: Redis, *, namespace: str, clock: Callable[[], float]) -> None:
        self._namespace = namespace
        self._script = client.register_script(_TAKE)
        self._alone = Alone(clock=clock)
        self._clock = clock
        self._ask_again_at = float("-inf")

    def take(self, portal: UUID, limit: int, cost: int) -> Toll:
        """Count one request of a portal."""
        if self._clock() < self._ask_again_at:
            return self._alone.take(portal, limit, cost)
        try:
            key = f"{self._namespace}:tolls:{portal}"
            passes, left = cast("tuple[int, bytes]", self._script(keys=[key], args=[limit, cost]))
        except RedisError:
            self._ask_again_at = self._clock() + _ALONE_FOR_S
            return self._alone.take(portal, limit, cost)
        return Toll(bool(passes), limit, float(left), cost)
