"""The one broker factory: dramatiq on Redis, set so that what it cannot promise does no harm.

Each setting answers a gap of dramatiq on Redis that was reproduced (November 2026, dramatiq 2.2.1,
redis-py 8.1): no retry by the client (a lost reply would enqueue twice), no retry, delay, result or
pipeline by dramatiq (each can lose a message in silence), short heartbeats swept by `Pulse` (a
killed worker's messages come back in seconds, not minutes). Work that is lost all the same is rung
again from the record.
"""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage, ShutdownNotifications
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.queue.pulse import Pulse
from shared.states import Lane, Step

HEARTBEAT_TIMEOUT_MS = 5_000
_DEAD_MESSAGE_TTL_MS = 30 * 24 * 3600 * 1000
QUEUES = tuple(f"{step}.{lane}" for step in Step for lane in Lane)


def open_redis(url: str, *, timeout_s: float = 15.0) -> Redis:
    """A client that fails in a bounded time and never sends a command twice."""
    return Redis.from_url(
        url,
        socket_timeout=timeout_s,
        socket_connect_timeout=min(timeout_s, 3.0),
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
    )


def open_broker(client: Redis, *, namespace: str) -> RedisBroker:
    """The broker of one process, with every queue declared, so that anybody may ring any."""
    broker = RedisBroker(  # type: ignore[no-untyped-call]
        client=client,
        namespace=namespace,
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        dead_message_ttl=_DEAD_MESSAGE_TTL_MS,
        middleware=[ShutdownNotifications(notify_shutdown=False), CurrentMessage(), Pulse()],
    )
    for queue in QUEUES:
        broker.declare_queue(queue)
    dramatiq.set_broker(broker)
    return broker
