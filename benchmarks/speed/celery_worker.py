"""What Celery's command line loads: `celery -A benchmarks.speed.celery_worker worker`."""

import os
from functools import cache

from benchmarks.speed.celery_peer import Worker, peer, with_tasks
from benchmarks.speed.place import Place

_PLACE = Place.told()


@cache
def _worker() -> Worker:
    """What this process keeps open; opened by its first task, hence after any fork."""
    return Worker(_PLACE, connections=int(os.environ["SPEED_THREADS"]))


app = with_tasks(peer(_PLACE.broker_url, prefetch=int(os.environ["SPEED_PREFETCH"])), _worker)
