"""A worker process: it hears doorbells, works in batches, and has one life in the record.

The order to stop is obeyed in steps. The first: hear no more, claim no more, finish what is in
flight within a deadline, then give back what is left. A second: give back at once. A third: leave.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy.exc import SQLAlchemyError

from shared.events import Doorbell
from shared.states import Step
from shared.stopping import heed
from shared.working.batches import Batches
from shared.working.hearing import Hearing
from shared.working.life import Life

_log = structlog.get_logger()
_DROP_WITHIN_S = 2.0


class WorkerProcess:
    """Runs batches for one step until the process is told to stop.

    Args:
        step: what this process does.
        broker: the process' broker.
        batches: answers each doorbell.
        life: the process' life in the record.
        threads: doorbells answered at once.
        stop_within_s: seconds that a stop leaves to what is in flight.
    """

    def __init__(
        self,
        *,
        step: Step,
        broker: RedisBroker,
        batches: Batches,
        life: Life,
        threads: int,
        stop_within_s: float,
    ) -> None:
        self._step = step
        self._batches = batches
        self._life = life
        self._stop_within_s = stop_within_s
        self._hearing = Hearing(broker, step, threads=threads, answer=self._answer)
        self._answers: set[asyncio.Task[None]] = set()
        life.on_death(self._drop)

    async def run(self, *, poll_ms: int, beside: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Work until SIGTERM or SIGINT, then finish or give back what is in flight.

        Args:
            poll_ms: longest sleep of an idle consumer.
            beside: what else runs on the loop meanwhile (the saver).
        """
        stop, hurry = _orders()
        runners = [asyncio.create_task(self._life.run()), asyncio.create_task(beside())]
        self._hearing.start(poll_ms=poll_ms)
        _log.info("worker.ready", step=self._step, worker=str(self._life.worker))
        await self._until(stop, runners)
        await self._finish(hurry)
        for runner in runners:
            runner.cancel()
        await self._life.end()
        _log.info("worker.stopped", step=self._step)

    async def _until(self, stop: asyncio.Event, runners: list[asyncio.Task[None]]) -> None:
        """Wait for the order to stop; a runner that ends is a bug, and ends the process."""
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([stopped, *runners], return_when=asyncio.FIRST_COMPLETED)
        for runner in runners:
            if runner.done():
                await runner

    async def _answer(self, bell: Doorbell) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine runs in a task
        self._answers.add(task)
        try:
            await self._batches.answer(bell)
        finally:
            self._answers.discard(task)

    def _drop(self) -> None:
        for task in tuple(self._answers):
            task.cancel()

    async def _finish(self, hurry: asyncio.Event) -> None:
        _log.info("worker.stopping", step=self._step, held=len(self._batches.holding()))
        self._batches.stop()
        await self._hearing.hand_on()
        if not await self._all_answered(hurry):
            await self._give_back()
        await self._hearing.end()

    async def _all_answered(self, hurry: asyncio.Event) -> bool:
        """Wait for the answers under way; False when some are left and there is no more time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._stop_within_s
        hurried = asyncio.create_task(hurry.wait())
        while self._answers and not hurry.is_set() and (left := deadline - loop.time()) > 0:
            await asyncio.wait(
                [hurried, *self._answers], timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
        hurried.cancel()
        return not self._answers

    async def _give_back(self) -> None:
        answers = tuple(self._answers)
        self._drop()
        if answers:
            await asyncio.wait(answers, timeout=_DROP_WITHIN_S)
        try:
            _log.info("worker.gave_back", given_back=await self._batches.give_back())
        except SQLAlchemyError as broken:  # its life ends or runs out: as after a crash
            _log.warning("worker.gave_nothing_back", error=type(broken).__name__)


def _orders() -> tuple[asyncio.Event, asyncio.Event]:
    """What the first and the second order to stop set."""
    loop, orders = asyncio.get_running_loop(), (asyncio.Event(), asyncio.Event())
    heed(*(partial(loop.call_soon_threadsafe, order.set) for order in orders))
    return orders
