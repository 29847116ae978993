"""Servers: Redis killed, emptied, filled; PostgreSQL ended at once; both cut off and made mute."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import redis
from sqlalchemy import text

from tests.chaos.harming import Notes, Undo, Way, nothing
from tests.chaos.plan import Fault, Kind
from tests.chaos.recovery import Harm

_RUNG = text("""
    SELECT id, journal_sequence FROM applications
    WHERE status IN ('RECEIVED', 'VERIFIED') AND rung_at IS NOT NULL
""")
_FILLER = "chaos:filler"
_FILLERS, _FILLER_BYTES = 10_000, 65_536
_HEAD_ROOM = 512 * 1024  # bytes left to Redis before it is full
_MOST = 256 * 1024 * 1024  # as the embedded Redis has it
_TRIES, _PAUSE_S = 40, 0.25


class Servers:
    """Does harm to Redis and to PostgreSQL."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._scene = notes.scene

    def ways(self) -> Mapping[Kind, Way]:
        """How each of its kinds is done."""
        return {
            Kind.REDIS_KILLED: self._kill_redis,
            Kind.REDIS_FLUSHED: self._flush,
            Kind.REDIS_FULL: self._fill,
            Kind.REDIS_CUT: self._cut,
            Kind.REDIS_MUTE: self._mute,
            Kind.POSTGRES_RESTARTED: self._restart_postgres,
            Kind.POSTGRES_CUT: self._cut,
            Kind.POSTGRES_MUTE: self._mute,
        }

    async def _kill_redis(self, fault: Fault) -> Undo:
        at = datetime.now(UTC)
        self._scene.stack.supervisor.kill("redis")
        await self._notes.write(fault.kind, at, _RUNG)
        return nothing

    async def _flush(self, fault: Fault) -> Undo:
        at = datetime.now(UTC)
        await asyncio.to_thread(_patiently, self._scene.redis.flushall)
        await self._notes.write(fault.kind, at, _RUNG)
        return nothing

    async def _fill(self, _fault: Fault) -> Undo:
        await asyncio.to_thread(_patiently, self._fill_up)

        async def undo() -> None:
            await asyncio.to_thread(_patiently, self._empty)

        return undo

    def _fill_up(self) -> None:
        client = self._scene.redis
        used = client.info("memory")["used_memory"]
        client.config_set("maxmemory", used + _HEAD_ROOM)
        with contextlib.suppress(redis.RedisError):
            for number in range(_FILLERS):
                client.set(f"{_FILLER}:{number}", b"." * _FILLER_BYTES)

    def _empty(self) -> None:
        self._scene.redis.config_set("maxmemory", _MOST)
        for key in self._scene.redis.scan_iter(f"{_FILLER}:*"):
            self._scene.redis.delete(key)

    async def _cut(self, fault: Fault) -> Undo:
        self._scene.proxies[_server(fault.kind)].cut()
        return nothing

    async def _mute(self, fault: Fault) -> Undo:
        proxy = self._scene.proxies[_server(fault.kind)]
        proxy.mute()

        async def speak() -> None:
            proxy.speak()

        return speak

    async def _restart_postgres(self, fault: Fault) -> Undo:
        """What `pg_ctl restart -m immediate` does: no checkpoint, every session ends at once."""
        at, held = datetime.now(UTC), await self._notes.held(_RUNG)
        self._scene.stack.supervisor.kill("postgres", signal.SIGQUIT)
        self._notes.harms.append(Harm(fault.kind, at, held))
        return nothing


def _server(kind: Kind) -> str:
    return kind.value.partition("_")[0]


def _patiently(what: Callable[[], object]) -> None:
    """Redis may be on its way back."""
    for _ in range(_TRIES):
        try:
            what()
        except redis.RedisError:
            time.sleep(_PAUSE_S)
        else:
            return
    raise TimeoutError("Redis never came back")
