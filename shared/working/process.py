"""A worker process: one embedded dramatiq worker, one asyncio loop, one life in the record.

No dramatiq command line and no fork: doorbells arrive on dramatiq's threads, work happens on the
loop, and a message is acknowledged when its work is saved or left to the scheduler.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker

from shared.events import Doorbell
from shared.queue.bell import queue_of
from shared.states import Lane, Step
from shared.working.batches import Batches
from shared.working.life import Life

_log = structlog.get_logger()
_STOP_WITHIN_S = 30.0


class WorkerProcess:
    """Runs batches for one step until the process is told to stop."""

    def __init__(
        self, *, step: Step, broker: RedisBroker, batches: Batches, life: Life, threads: int
    ) -> None:
        self._step = step
        self._broker = broker
        self._batches = batches
        self._life = life
        self._threads = threads
        self._answers: set[asyncio.Task[None]] = set()
        life.on_death(self._drop)

    async def run(self, *, poll_ms: int, beside: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Work until SIGTERM or SIGINT, then finish what is in flight.

        Args:
            poll_ms: longest sleep of an idle consumer.
            beside: what else runs on the loop meanwhile (the saver).
        """
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        runners = [asyncio.create_task(self._life.run()), asyncio.create_task(beside())]
        worker = self._start_worker(loop, poll_ms)
        _log.info("worker.ready", step=self._step, worker=str(self._life.worker))
        await self._until(stop, runners)
        await self._finish(worker)
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

    def _start_worker(self, loop: asyncio.AbstractEventLoop, poll_ms: int) -> dramatiq.Worker:
        queues = {queue_of(self._step, lane) for lane in Lane}
        for queue in queues:
            declare = dramatiq.actor(queue_name=queue, actor_name=queue, broker=self._broker)
            declare(self._actor(loop))
        worker = dramatiq.Worker(
            self._broker, queues=queues, worker_timeout=poll_ms, worker_threads=self._threads
        )
        worker.queue_prefetch = self._threads  # a busy process does not hoard
        worker.start()
        return worker

    def _actor(self, loop: asyncio.AbstractEventLoop) -> Callable[[dict[str, Any]], None]:
        def answer(doorbell: dict[str, Any]) -> None:
            bell = Doorbell.model_validate(doorbell)
            future: Future[None] = asyncio.run_coroutine_threadsafe(self._answer(bell), loop)
            with contextlib.suppress(CancelledError):
                future.result()

        return answer

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

    async def _finish(self, worker: dramatiq.Worker) -> None:
        self._batches.stop()
        stopping = asyncio.to_thread(worker.stop, timeout=int(_STOP_WITHIN_S * 1000))
        try:
            await asyncio.wait_for(stopping, _STOP_WITHIN_S + 1)
        except TimeoutError:
            rest = self._batches.holding()
            _log.warning("worker.stop_late", given_back=len(rest))
            self._drop()
            await self._batches.give_back(rest)
