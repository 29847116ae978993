"""Stops: what a failure closed for everybody, until one of a few trial calls passes.

A stop is a breaker: of an endpoint, after failures in a row seen by all workers together; of a
token, after one refusal. Redis counts and gives out the trials; that something is stopped, and
when it may be tried, stands in the record, from which a scheduler tells a Redis that was emptied.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import Redis, RedisError

FAILURES = 10  # in a row; a success halves what was counted
FORGOTTEN_AFTER_S = 60  # failures further apart are not in a row
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 30
RAMP_S = 10
_FAILED = """
-- KEYS streak, stop; ARGV successes since the last failure told, failures that stop, how long (s)
-- a streak is kept, first pause (s), longest pause (s). Returns until when it is stopped anew, or 0
local now = redis.call('time')
now = now[1] + now[2] / 1000000
local stop = redis.call('hmget', KEYS[2], 'at', 'trying', 'tries')
if stop[1] and stop[2] ~= '1' then return '0' end -- begun before it was stopped: nothing new
local tries = tonumber(stop[3] or '0')
if not stop[1] then
  local streak = tonumber(redis.call('get', KEYS[1]) or '0')
  streak = math.floor(streak / 2 ^ math.min(32, tonumber(ARGV[1]))) + 1
  redis.call('set', KEYS[1], streak, 'ex', ARGV[3])
  if streak < tonumber(ARGV[2]) then return '0' end
  redis.call('del', KEYS[1])
end
local at = now + math.min(tonumber(ARGV[5]), tonumber(ARGV[4]) * 2 ^ math.min(32, tries))
redis.call('hset', KEYS[2], 'at', string.format('%.3f', at), 'left', 0, 'trying', 0,
  'tries', tries + 1)
redis.call('expireat', KEYS[2], math.ceil(at) + 3600)
return string.format('%.3f', at)
"""
_PASSED = """
-- KEYS stop, ramp; ARGV how long (s) the pace grows back. Returns 1 when a trial ended the stop
if redis.call('hget', KEYS[1], 'trying') ~= '1' then return 0 end
local now = redis.call('time')
now = now[1] + now[2] / 1000000
redis.call('del', KEYS[1])
redis.call('hset', KEYS[2], 'since', string.format('%.3f', now),
  'until', string.format('%.3f', now + ARGV[1]))
redis.call('expire', KEYS[2], ARGV[1] + 1)
return 1
"""
_STOP = """
-- KEYS stop; ARGV when it may be tried (s): the latest one holds
local known = tonumber(redis.call('hget', KEYS[1], 'at') or '0')
if known < tonumber(ARGV[1]) then
  redis.call('hset', KEYS[1], 'at', ARGV[1], 'left', 0, 'trying', 0)
end
redis.call('expireat', KEYS[1], math.ceil(math.max(known, tonumber(ARGV[1]))) + 3600)
return 1
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """What may be stopped, by the name of its switch, and how it is tried again.

    At most `probes` calls at once try it, and are waited for `lease_s` seconds before others do.
    """

    name: str
    probes: int
    lease_s: float


def stop_key(namespace: str, name: str) -> str:
    """The key of what is stopped."""
    return f"{namespace}:stopped:{name}"


def ramp_key(namespace: str, of: str) -> str:
    """The key of a pace that grows back."""
    return f"{namespace}:ramp:{of}"


class Stops:
    """Counts failures with every other process, and knows what they stopped."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._failed = client.register_script(_FAILED)
        self._passed = client.register_script(_PASSED)
        self._stop = client.register_script(_STOP)

    def failed(self, name: str, *, passed: int) -> float | None:
        """Count one failure, after so many successes since the last one told by this process.

        Returns:
            Until when (Unix seconds) it is stopped, if this failure stopped it; else None.
        """
        keys = [f"{self._namespace}:streak:{name}", self._key(name)]
        figures = [passed, FAILURES, FORGOTTEN_AFTER_S, FIRST_PAUSE_S, LONGEST_PAUSE_S]
        try:
            until = float(cast("bytes", self._failed(keys=keys, args=figures)))
        except RedisError:
            return None
        return until or None

    def passed(self, name: str) -> bool:
        """A trial call passed: what was stopped goes on, gently; whether this call ended it."""
        keys = [self._key(name), ramp_key(self._namespace, name)]
        try:
            return bool(self._passed(keys=keys, args=[RAMP_S]))
        except RedisError:
            return False

    def stop(self, name: str, at: datetime) -> None:
        """Cache what the record says is stopped, and when it may be tried again."""
        try:
            self._stop(keys=[self._key(name)], args=[str(at.timestamp())])
        except RedisError:
            return

    def resume(self, *names: str) -> None:
        """Forget stops that the record holds no more.

        Raises:
            redis.RedisError: when Redis does not answer; they are then tried at their time.
        """
        if names:
            self._client.delete(*map(self._key, names))

    def _key(self, name: str) -> str:
        return stop_key(self._namespace, name)
