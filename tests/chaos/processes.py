"""Processes: killed with their hands full, or stopped for longer than they are thought alive."""

import asyncio
import signal
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import text

from tests.chaos.harming import Notes, Undo, Way, nothing
from tests.chaos.plan import Fault, Kind

_WORKERS = {"verifier", "tariff"}
_LOOKS, _LOOK_S = 50, 0.01
_HELD = text("""
    SELECT a.id, a.journal_sequence
    FROM applications a JOIN workers w ON w.id = a.claimed_by WHERE w.pid = :pid
""")
_KILLED = {
    Kind.KILL_VERIFIER: "verifier",
    Kind.KILL_TARIFF: "tariff",
    Kind.KILL_NOTIFIER: "notifier",
    Kind.KILL_SCHEDULER: "scheduler",
    Kind.KILL_INTAKE: "intake",
}
_STOPPED = {
    Kind.ZOMBIE_VERIFIER: "verifier",
    Kind.ZOMBIE_TARIFF: "tariff",
    Kind.ZOMBIE_NOTIFIER: "notifier",
    Kind.REDIS_PAUSED: "redis",
}


class Processes:
    """Ends and stops processes of the stack."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._supervisor = notes.scene.stack.supervisor

    def ways(self) -> Mapping[Kind, Way]:
        """How each of its kinds is done."""
        return {**dict.fromkeys(_KILLED, self._kill), **dict.fromkeys(_STOPPED, self._stop)}

    async def _kill(self, fault: Fault) -> Undo:
        """kill -9; what it held stays held by the dead."""
        name, copy = _place(_KILLED[fault.kind], fault.copy)
        await self._until_it_holds(name, copy)
        pid, at = self._supervisor.pid(name, copy), datetime.now(UTC)
        self._supervisor.kill(name, copy=copy)
        await self._notes.write(fault.kind, at, _HELD, pid=pid)
        return nothing

    async def _until_it_holds(self, name: str, copy: int) -> None:
        """A worker is best killed with its hands full; one that holds nothing is not waited for."""
        for _ in range(_LOOKS if name in _WORKERS else 0):
            if await self._notes.held(_HELD, pid=self._supervisor.pid(name, copy)):
                return
            await asyncio.sleep(_LOOK_S)

    async def _stop(self, fault: Fault) -> Undo:
        """Stop a process; when it goes on, it was thought dead if that was longer than its life."""
        name, copy = _place(_STOPPED[fault.kind], fault.copy)
        pid = self._supervisor.pid(name, copy)
        self._supervisor.kill(name, signal.SIGSTOP, copy=copy)

        async def go_on() -> None:
            if pid == self._supervisor.pid(name, copy):
                self._supervisor.kill(name, signal.SIGCONT, copy=copy)

        return go_on


def _place(service: str, copy: int) -> tuple[str, int]:
    """There is one Redis; each intake is a program of its own, for each has a port."""
    if service != "intake":
        return service, 0 if service == "redis" else copy
    return ("intake" if copy == 0 else f"intake-{copy + 1}"), 0
