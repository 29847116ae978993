"""The bell: puts doorbells in Redis, within a window, and knows since when Redis remembers."""

from datetime import UTC, datetime

import structlog
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from redis import RedisError

from shared.events import Doorbell
from shared.states import Lane, Step

_log = structlog.get_logger()
_PARTS = 4


class Bell:
    """Rings for workers; every failure costs latency, never an application.

    Args:
        broker: the process' broker.
        window: most doorbells waiting in Redis, per queue: all of it for a scheduler, the part
            `at_once` for the others. Whoever rings looks first; those that
            look at the same moment may each ring into the room that all of them saw.
    """

    def __init__(self, broker: RedisBroker, *, window: int) -> None:
        self._broker = broker
        self._window = window

    def room(self, step: Step, lane: Lane) -> int:
        """How many doorbells this queue may still take; none when Redis is out of reach."""
        try:
            waiting = self._broker.client.llen(f"{self._broker.namespace}:{queue_of(step, lane)}")
        except RedisError:
            return 0
        return max(0, self._window - int(waiting))

    def ring(self, doorbell: Doorbell) -> bool:
        """Put one doorbell in Redis; False when it could not be, which the record makes good."""
        queue = queue_of(doorbell.step, doorbell.lane)
        message: Message[None] = Message(
            queue_name=queue,
            actor_name=queue,
            args=(),
            kwargs={"doorbell": doorbell.model_dump(mode="json")},
            options={},
        )
        try:
            self._broker.enqueue(message)
        except RedisError as broken:
            _log.warning("bell.not_rung", queue=queue, error=type(broken).__name__)
            return False
        return True

    def born(self, now: datetime) -> datetime | None:
        """Since when (UTC) Redis remembers; a missing marker means that it was emptied.

        Returns None when Redis is out of reach: then nothing can be rung anyway.
        """
        key = marker_key(self._broker.namespace)
        try:
            self._broker.client.set(key, now.isoformat(), nx=True)
            marker = self._broker.client.get(key)
        except RedisError:
            return None
        return _read_time(marker) or now


def at_once(window: int) -> int:
    """The part of a window that those have who ring a few applications as they come: a quarter.

    When more waits than that, what comes is rung by the scheduler, many in one doorbell and the
    oldest first. With the whole window they would fill it one by one after each hold-up, and what
    was held up would wait for as long as others come.
    """
    return max(1, window // _PARTS)


def marker_key(namespace: str) -> str:
    """The key whose absence says that Redis was emptied."""
    return f"{namespace}:marker"


def queue_of(step: Step, lane: Lane) -> str:
    """The name of a queue, and of the actor that answers it: `verify.now`."""
    return f"{step}.{lane}"


def _read_time(marker: object) -> datetime | None:
    try:
        return datetime.fromisoformat(marker.decode()).astimezone(UTC)  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return None
