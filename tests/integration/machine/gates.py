"""Gates: where processes stop until they are let through, and the loop that they all run on.

Everything runs on one thread and one loop, and stands still unless a gate is opened: what would be
a race between processes is the order in which the machine opens the gates.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")
_MOST_TURNS = 20_000


class Stage(StrEnum):
    """What comes after a gate."""

    ASK = "ask"  # claimed; about to call, or to price
    SAVE = "save"  # answered; about to save
    SEND = "send"  # claimed; about to send
    SETTLE = "settle"  # sent; about to write what came of it


@dataclass(eq=False, slots=True)
class Waiting:
    """Somebody before a gate, with an application in hand."""

    stage: Stage
    reference: str
    gate: asyncio.Future[Any]

    def open(self, told: Any = None) -> None:
        """Let it through, and tell it something."""
        self.gate.set_result(told)


class Gates:
    """The gates of one process."""

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []

    async def stop(self, stage: Stage, reference: str) -> Any:
        """Wait until somebody opens; what it was told."""
        gate = asyncio.get_running_loop().create_future()
        one = Waiting(stage, reference, gate)
        self.waiting.append(one)
        try:
            return await gate
        finally:
            self.waiting.remove(one)


class _AtOnce(ThreadPoolExecutor):
    """Runs what is meant for a thread where it stands."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as broken:  # noqa: BLE001 - as a thread hands it on
            future.set_exception(broken)
        return future


class Loop:
    """An event loop that is run until nothing moves any more."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(_AtOnce(max_workers=1))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run this to its end, and everything else until it stands still."""
        result = self._loop.run_until_complete(work)
        self.settle()
        return result

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin something; it goes on until it stands still."""
        task = self._loop.create_task(work)
        self.settle()
        return task

    def settle(self) -> None:
        """Run whatever can go on."""
        self._loop.run_until_complete(self._until_still())

    def close(self) -> None:
        """End everything that is left."""
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _until_still(self) -> None:
        for _ in range(_MOST_TURNS):
            await asyncio.sleep(0)
            if not self._loop._ready:  # type: ignore[attr-defined]
                return
        raise AssertionError("the processes never stand still")
