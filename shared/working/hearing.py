"""Hearing: doorbells arrive on dramatiq's threads, and are answered on the asyncio loop.

No dramatiq command line and no fork. A doorbell is acknowledged when its answer has ended.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import iter_queue
from redis import RedisError

from shared.crash_points import Point
from shared.crashing import reach
from shared.events import Doorbell, is_too_new
from shared.queue.bell import queue_of
from shared.states import Lane, Step

_log = structlog.get_logger()
_JOIN_MS = 1_000
_HAND_ON_WITHIN_S = 1.0
_END_WITHIN_S = 3.0  # two joins, and a word to Redis

Answer = Callable[[Doorbell], Coroutine[Any, Any, None]]


class Hearing:
    """Hears the doorbells of one step, in both lanes, from `start` to `end`.

    A lane holds no more doorbells than half of the threads: those that wait for permits in one keep
    none of the other from being heard.

    Args:
        broker: the process' broker.
        step: whose doorbells.
        threads: how many are fetched and answered at once in each lane.
        answer: what to do for one, on the loop.
    """

    def __init__(self, broker: RedisBroker, step: Step, *, threads: int, answer: Answer) -> None:
        self._broker = broker
        self._queues = {queue_of(step, lane) for lane in Lane}
        self._threads = threads
        self._answer = answer

    def start(self, *, poll_ms: int) -> None:
        """Begin to hear; an idle consumer sleeps at most `poll_ms` milliseconds."""
        actor = self._actor(asyncio.get_running_loop())
        for queue in self._queues:
            dramatiq.actor(queue_name=queue, actor_name=queue, broker=self._broker)(actor)
        self._worker = dramatiq.Worker(
            self._broker,
            queues=self._queues,
            worker_timeout=poll_ms,
            worker_threads=self._threads * len(self._queues),
        )
        self._worker.queue_prefetch = self._threads  # of each lane, those under way included
        self._worker.start()

    async def hand_on(self) -> None:
        """Fetch no more, and put back in Redis what was fetched and nobody here has looked at."""
        await _beside(self._hand_on, within_s=_HAND_ON_WITHIN_S)

    async def end(self) -> None:
        """End the threads; one that Redis holds up is left behind, and ends with the process."""
        await _beside(lambda: self._worker.stop(timeout=_JOIN_MS), within_s=_END_WITHIN_S)

    def _actor(self, loop: asyncio.AbstractEventLoop) -> Callable[[dict[str, Any]], None]:
        def hear(doorbell: dict[str, Any]) -> None:
            if is_too_new(doorbell):
                _log.warning("hearing.doorbell_too_new", version=doorbell["version"])
                return
            bell = Doorbell.model_validate(doorbell)
            future: Future[None] = asyncio.run_coroutine_threadsafe(self._answer(bell), loop)
            with contextlib.suppress(CancelledError):
                future.result()
            reach(Point.ANSWERED)

        return hear

    def _hand_on(self) -> None:
        consumers = self._worker.consumers
        for consumer in consumers.values():
            consumer.stop()
        for consumer in consumers.values():
            consumer.join(_HAND_ON_WITHIN_S / len(consumers))
        for item in iter_queue(self._worker.work_queue):  # type: ignore[no-untyped-call]
            consumers[item.message.queue_name].requeue_messages([item.message])


async def _beside(work: Callable[[], None], *, within_s: float) -> None:
    """Run in a thread that may be left behind: Redis out of reach holds up no stop."""
    done, loop = asyncio.Event(), asyncio.get_running_loop()

    def run() -> None:
        try:
            work()
        except RedisError as broken:
            _log.warning("hearing.doorbells_left", error=type(broken).__name__)
        with contextlib.suppress(RuntimeError):  # the loop may be gone
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, name="hearing", daemon=True).start()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), within_s)
