"""A process that hears doorbells and never finishes one: `python hearing.py REDIS_URL`."""

import sys
import time

import dramatiq

from shared.queue.broker import open_broker, open_redis


def never_finishes(doorbell: object) -> None:
    print(doorbell, flush=True)  # noqa: T201  # the test waits for it
    time.sleep(600)


def main() -> None:
    broker = open_broker(open_redis(sys.argv[1]), namespace="test")
    dramatiq.actor(queue_name="verify.now", actor_name="verify.now", broker=broker)(never_finishes)
    dramatiq.Worker(broker, queues={"verify.now"}, worker_threads=4, worker_timeout=50).start()
    time.sleep(600)


if __name__ == "__main__":
    main()
