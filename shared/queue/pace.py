"""The pace: one token bucket per habilitation, in Redis, shared by every process.

An empty limiter starts with no permits, no Redis means no call, and a Redis that was emptied gives
no permit before a scheduler has told it of the pauses again and set its marker: so a flush can
never end in a ban by the provider. Pauses stand in the record (`switches`); Redis caches them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from redis import Redis, RedisError

from shared.queue.bell import marker_key

_TAKE = """
-- KEYS[1] bucket  hash {tokens, at}: permits left, and when (s) they were counted
-- KEYS[2] pause   string: until when (s) no permit is given
-- KEYS[3] marker  string: set by a scheduler once the pauses are cached; without it, no permit
-- ARGV    wanted, pace (permits a second), burst (most permits kept)
if redis.call('exists', KEYS[3]) == 0 then return {0, 250} end
local now = redis.call('time'); now = now[1] + now[2] / 1000000
local pause = tonumber(redis.call('get', KEYS[2]) or '0')
if pause > now then return {0, math.ceil((pause - now) * 1000)} end
local wanted, pace, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('hmget', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1] or '0'), tonumber(bucket[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * pace)
local given = math.max(0, math.min(wanted, math.floor(tokens)))
tokens = tokens - given
redis.call('hset', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('expire', KEYS[1], 3600)
return {given, given > 0 and 0 or math.ceil((1 - tokens) / pace * 1000)}
"""
_GIVE_BACK = """
if redis.call('exists', KEYS[1]) == 1 then
  redis.call('hincrbyfloat', KEYS[1], 'tokens', ARGV[1])
end
return 1
"""
_PAUSE = """
if tonumber(redis.call('get', KEYS[1]) or '0') < tonumber(ARGV[1]) then
  redis.call('set', KEYS[1], ARGV[1], 'exat', ARGV[2])
end
return 1
"""
_UNREACHABLE_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a habilitation may do: permits a second, and how many may gather while idle."""

    habilitation: UUID
    pace: int
    burst: int


@dataclass(frozen=True, slots=True)
class Permits:
    """How many calls may be made now; when none, how long to wait, in seconds."""

    given: int
    wait_s: float


class Pace:
    """Gives permits to call a provider; counts starts, as the provider does."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._take = client.register_script(_TAKE)
        self._give_back = client.register_script(_GIVE_BACK)
        self._stop = client.register_script(_PAUSE)

    def take(self, allowance: Allowance, wanted: int) -> Permits:
        """Take at most `wanted` permits; none while paused, and none when Redis does not answer."""
        bucket, pause = self._bucket(allowance.habilitation), self._pause(allowance.habilitation)
        keys = [bucket, pause, marker_key(self._namespace)]
        try:
            answer = self._take(keys=keys, args=[wanted, allowance.pace, allowance.burst])
        except RedisError:
            return Permits(0, _UNREACHABLE_WAIT_S)
        given, wait_ms = cast("list[int]", answer)
        return Permits(int(given), int(wait_ms) / 1000)

    def give_back(self, allowance: Allowance, unused: int) -> None:
        """Return permits that led to no call; if Redis does not answer, they are lost, not kept."""
        try:
            self._give_back(keys=[self._bucket(allowance.habilitation)], args=[unused])
        except RedisError:
            return

    def resume(self, habilitation: UUID) -> None:
        """Forget a pause that the record holds no more.

        Raises:
            redis.RedisError: when Redis does not answer; the pause then ends at its time.
        """
        self._client.delete(self._pause(habilitation))

    def pause(self, habilitation: UUID, until: datetime) -> None:
        """Cache a pause that the record holds; as in the record, the longest one stays."""
        end = until.timestamp()
        try:
            self._stop(keys=[self._pause(habilitation)], args=[str(end), int(end) + 1])
        except RedisError:
            return

    def _bucket(self, habilitation: UUID) -> str:
        return f"{self._namespace}:permits:{habilitation}"

    def _pause(self, habilitation: UUID) -> str:
        return f"{self._namespace}:paused:{habilitation}"
