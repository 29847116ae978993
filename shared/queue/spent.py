"""Spent: the permits that a habilitation took in the last minute, second by second, in Redis.

They are counted in the script that gives them, and taken off where they are given back: the figure
is exact to the second, and the same whichever process asks. It is that of permits, not of calls; a
process of an earlier release gives permits without counting them.
"""

from collections.abc import Mapping
from uuid import UUID

LAST_S = 60  # of so many seconds a count is kept
COUNT = """
local function spend(key, permits)
  local second = math.floor(tonumber(redis.call('time')[1]))
  local slot = second % 60
  local of, count = string.match(redis.call('hget', key, slot) or '', '(%d+) (%-?%d+)')
  local before = tonumber(of) == second and tonumber(count) or 0
  redis.call('hset', key, slot, string.format('%d %d', second, before + permits))
  redis.call('expire', key, 120)
end
"""
"""A function of Lua, before a script that gives permits or takes them back."""


def spent_key(namespace: str, habilitation: UUID) -> str:
    """Where the counts of a habilitation stand: at most `LAST_S` fields."""
    return f"{namespace}:spent:{habilitation}"


def spent(counts: Mapping[bytes, bytes], now: int) -> int:
    """Permits of the last minute, by what stands there and Redis' time in whole seconds."""
    told = (map(int, count.split()) for count in counts.values())
    return max(0, sum(permits for second, permits in told if now - LAST_S < second <= now))
