"""The pace: permits to call a provider, in Redis, shared by every process.

A call takes a permit of every bucket that concerns it, all or none, in one script (`take.lua`),
which also knows the pauses, what the provider said was left, and whose turn it is. An empty bucket
starts with no permits, no Redis means no call, and a Redis that was emptied gives no permit before
a scheduler has told it of the pauses again and set its marker: so a flush can never end in a ban by
the provider. Pauses stand in the record (`switches`); Redis caches them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import cast
from uuid import UUID

from redis import Redis, RedisError

from shared.queue.bell import marker_key
from shared.queue.limits import Bucket
from shared.queue.spent import COUNT, spent_key
from shared.queue.stops import Stop, ramp_key, stop_key
from shared.states import Lane

WEIGHTS = {Lane.NOW: 4, Lane.BULK: 1}  # permits of one flow to those of another, when all wait
LONGEST_RAMP_S = 10.0
_TAKE = COUNT + (files("shared.queue") / "take.lua").read_text("utf-8")
_GIVE_BACK = f"""{COUNT}
-- KEYS[1] told, KEYS[2] spent, KEYS[3…] the stops, then the buckets; ARGV unused, how many stops
local unused, stops = tonumber(ARGV[1]), tonumber(ARGV[2])
if redis.call('exists', KEYS[1]) == 1 then redis.call('hincrby', KEYS[1], 'left', unused) end
if redis.call('exists', KEYS[2]) == 1 then spend(KEYS[2], -unused) end
for i = 3, #KEYS do
  if redis.call('exists', KEYS[i]) == 1 then
    redis.call('hincrbyfloat', KEYS[i], i <= stops + 2 and 'left' or 'tokens', unused)
  end
end
return 1
"""
_PAUSE = """
-- KEYS pause, ramp; ARGV until (s), until when (s) the pace grows back after it
if tonumber(redis.call('get', KEYS[1]) or '0') < tonumber(ARGV[1]) then
  redis.call('set', KEYS[1], ARGV[1], 'exat', math.floor(tonumber(ARGV[1])) + 1)
  redis.call('hset', KEYS[2], 'since', ARGV[1], 'until', ARGV[2])
  redis.call('expireat', KEYS[2], math.floor(tonumber(ARGV[2])) + 1)
end
return 1
"""
_TELL = """
-- KEYS told; ARGV left, for how long (s): the least that anybody was told is what is left
local now = redis.call('time')
now = now[1] + now[2] / 1000000
local left, last = tonumber(ARGV[1]), now + tonumber(ARGV[2])
local known = redis.call('hmget', KEYS[1], 'left', 'until')
if tonumber(known[2] or '0') > now then
  left, last = math.min(left, tonumber(known[1])), math.max(last, tonumber(known[2]))
end
redis.call('hset', KEYS[1], 'left', left, 'until', string.format('%.3f', last))
redis.call('expireat', KEYS[1], math.ceil(last) + 1)
return 1
"""
_DRAIN = """
-- KEYS a bucket; ARGV what it lacks: permits that must come in before one is given again
local now = redis.call('time')
local tokens = math.min(tonumber(redis.call('hget', KEYS[1], 'tokens') or '0'), -ARGV[1])
redis.call('hset', KEYS[1], 'tokens', string.format('%.6f', tokens),
  'at', string.format('%.6f', now[1] + now[2] / 1000000))
redis.call('expire', KEYS[1], 3600)
return 1
"""
_UNREACHABLE_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a habilitation may do, and which other bounds its calls share.

    Attributes:
        habilitation: whose calls.
        pace: its own permits a second.
        burst: how many of them may gather while idle.
        limits: the buckets that it shares with other habilitations.
        stops: what may be stopped by a failure: its token, the endpoint.
        lane: for whose haste; lanes share as `WEIGHTS` say.
    """

    habilitation: UUID
    pace: float
    burst: float
    limits: tuple[Bucket, ...] = ()
    stops: tuple[Stop, ...] = ()
    lane: Lane = Lane.NOW

    def buckets(self) -> Iterator[Bucket]:
        """Its own, then those that it shares."""
        yield Bucket(str(self.habilitation), self.pace, self.burst)
        yield from self.limits


@dataclass(frozen=True, slots=True)
class Permits:
    """How many calls may be made now; when none, how long to wait, in seconds.

    `trying` says that these calls try something that was stopped.
    """

    given: int
    wait_s: float
    trying: bool = False


class Pace:
    """Gives permits to call a provider; counts starts, as the provider does."""

    def __init__(self, client: Redis, *, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._take = client.register_script(_TAKE)
        self._give_back = client.register_script(_GIVE_BACK)
        self._stop = client.register_script(_PAUSE)
        self._tell = client.register_script(_TELL)
        self._drain = client.register_script(_DRAIN)

    def take(self, allowance: Allowance, wanted: int) -> Permits:
        """Take at most `wanted` permits; none while paused, and none when Redis does not answer."""
        try:
            answer = self._take(keys=self._keys(allowance), args=_figures(allowance, wanted))
        except RedisError:
            return Permits(0, _UNREACHABLE_WAIT_S)
        given, wait_ms, trying = cast("list[int]", answer)
        return Permits(int(given), int(wait_ms) / 1000, bool(trying))

    def give_back(self, allowance: Allowance, unused: int) -> None:
        """Return permits that led to no call; if Redis does not answer, they are lost, not kept."""
        stops = [stop_key(self._namespace, stop.name) for stop in allowance.stops]
        buckets = [self._bucket(bucket) for bucket in allowance.buckets()]
        told, counted = self._told(allowance.habilitation), self._spent(allowance.habilitation)
        keys = [told, counted, *stops, *buckets]
        try:
            self._give_back(keys=keys, args=[unused, len(stops)])
        except RedisError:
            return

    def tell(self, habilitation: UUID, *, left: int, for_s: float) -> None:
        """Pass on what the provider said: `left` calls in its window, which ends in `for_s`."""
        try:
            self._tell(keys=[self._told(habilitation)], args=[left, for_s])
        except RedisError:
            return

    def drain(self, buckets: Sequence[Bucket], *, for_s: float) -> None:
        """Give no permit of these for so long, whoever asks: the provider said that it is enough.

        Afterwards they begin empty. If Redis does not answer, no permit is given anyway.
        """
        try:
            for bucket in buckets:
                self._drain(keys=[self._bucket(bucket)], args=[bucket.pace * for_s])
        except RedisError:
            return

    def kept(self, allowance: Allowance) -> dict[str, float]:
        """The permits that each bucket held when one was last asked for, by the bucket's name.

        Raises:
            redis.RedisError: when Redis does not answer.
        """
        held = {
            bucket.name: self._client.hget(self._bucket(bucket), "tokens")
            for bucket in allowance.buckets()
        }
        return {name: float(cast("bytes", left)) for name, left in held.items() if left is not None}

    def resume(self, habilitation: UUID) -> None:
        """Forget a pause that the record holds no more.

        Raises:
            redis.RedisError: when Redis does not answer; the pause then ends at its time.
        """
        ramp = ramp_key(self._namespace, str(habilitation))
        self._client.delete(self._pause(habilitation), ramp)

    def pause(self, habilitation: UUID, until: datetime) -> None:
        """Cache a pause that the record holds; as in the record, the longest one stays.

        Afterwards the pace grows back over as long as the pause was, at most `LONGEST_RAMP_S`.
        """
        end = until.timestamp()
        paused_s = max(0.0, (until - datetime.now(UTC)).total_seconds())
        keys = [self._pause(habilitation), ramp_key(self._namespace, str(habilitation))]
        try:
            self._stop(keys=keys, args=[str(end), str(end + min(paused_s, LONGEST_RAMP_S))])
        except RedisError:
            return

    def _keys(self, allowance: Allowance) -> list[str]:
        habilitation, stops = allowance.habilitation, [stop.name for stop in allowance.stops]
        marker = marker_key(self._namespace)
        return [
            *(marker, self._pause(habilitation)),
            *(self._told(habilitation), self._spent(habilitation)),
            *(stop_key(self._namespace, stop) for stop in stops),
            *(ramp_key(self._namespace, of) for of in (str(habilitation), *stops)),
            *(key for bucket in allowance.buckets() for key in self._pair(bucket)),
        ]

    def _pair(self, bucket: Bucket) -> tuple[str, str]:
        return self._bucket(bucket), f"{self._namespace}:turns:{bucket.name}"

    def _bucket(self, bucket: Bucket) -> str:
        return f"{self._namespace}:permits:{bucket.name}"

    def _pause(self, habilitation: UUID) -> str:
        return f"{self._namespace}:paused:{habilitation}"

    def _told(self, habilitation: UUID) -> str:
        return f"{self._namespace}:told:{habilitation}"

    def _spent(self, habilitation: UUID) -> str:
        return spent_key(self._namespace, habilitation)


def _figures(allowance: Allowance, wanted: int) -> list[str | int | float]:
    lane, stops = allowance.lane, allowance.stops
    flow = f"{allowance.habilitation}:{lane}"
    return [
        *(wanted, flow, WEIGHTS[lane], len(stops), 1 + len(stops)),
        *(figure for stop in stops for figure in (stop.probes, stop.lease_s)),
        *(figure for bucket in allowance.buckets() for figure in (bucket.pace, bucket.burst)),
    ]
