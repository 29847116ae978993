"""A dramatiq worker in a process of its own: run as `bell.py URL` to serve it."""

import signal
import sys
import threading

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

URL = sys.argv[1]
broker = RedisBroker(url=URL)  # type: ignore[no-untyped-call]
dramatiq.set_broker(broker)


@dramatiq.actor(max_retries=0)
def ring(number: int) -> None:
    with redis.Redis.from_url(URL) as client:
        client.rpush("heard", number)


if __name__ == "__main__":
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    worker = dramatiq.Worker(broker, worker_threads=2, worker_timeout=50)
    worker.start()
    ended.wait()
    worker.stop()
    broker.close()
