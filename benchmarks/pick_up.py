"""How long an application waits until a worker has it: with a doorbell, and without.

    .venv/bin/python benchmarks/pick_up.py [applications]

One worker process whose step does nothing, one scheduler, real PostgreSQL and Redis. Applications
come one by one, at random moments. Without a doorbell, the scheduler's tick finds them, as any
polling of the table at that period would. A calibration loop says how fast the machine is now.
"""

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, text

from services.command.demo.town import plan
from services.command.founding import Founded, found
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.redis import EmbeddedRedis
from services.scheduler.clockwork import Clockwork
from shared.events import Doorbell
from shared.protocol.tempo import Tempo
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.sealing import KeyRing
from shared.states import Lane, Status, Step
from shared.store.engine import open_engine
from shared.store.migrating import migrate
from shared.store.tables import ApplicationKeyRow, ApplicationRow

WORKER = Path(__file__).parent.parent / "tests" / "integration" / "protocol" / "worker.py"
WAITED = text("""
    SELECT extract(epoch FROM j.at - a.received_at) * 1000
    FROM applications a JOIN journal j ON j.application_id = a.id WHERE a.reference LIKE :like
""")


def main(applications: int) -> None:
    """Measure both ways and print the medians and tails, in milliseconds."""
    home = Home(Path(tempfile.mkdtemp(prefix="berceau-bench-")))
    with EmbeddedPostgres(home.path) as postgres, EmbeddedRedis(home.path) as redis:
        migrate(postgres.owner_url, service_url=postgres.service_url)
        engine = open_engine(postgres.service_url, name="bench")
        town = plan(token="x", key_hash=b"x", pace=10)
        founded = found(engine, KeyRing.new("bench"), town)
        client = open_redis(redis.url)
        bell = Bell(open_broker(client, namespace="bench"), window=32)
        pace = Pace(client, namespace="bench")
        worker = subprocess.Popen(
            [sys.executable, WORKER, postgres.service_url, redis.url, "bench", "slow:0"],
            stderr=subprocess.DEVNULL,
        )
        stops = Stops(client, namespace="bench")
        with _ticking(Clockwork(engine, bell, pace, stops, tempo=Tempo())):
            _measure(engine, founded, bell, applications)
        worker.terminate()
        worker.wait()
        engine.dispose()
    home.erase(unprivileged())


def _measure(engine: Engine, founded: Founded, bell: Bell, applications: int) -> None:
    _bring(engine, founded, bell, 20, kind="warm")
    print(f"calibration: {_calibration():.0f} ms")
    for kind, ringing in (("doorbell", bell), ("tick", None)):
        _bring(engine, founded, ringing, applications, kind=kind)
        time.sleep(2)
        with engine.connect() as connection:
            waited = connection.execute(WAITED, {"like": f"{kind}-%"}).scalars().all()
        cuts = statistics.quantiles([float(each) for each in waited], n=20)
        print(f"{kind:9} n={len(waited)} p50={cuts[9]:.0f} ms p95={cuts[18]:.0f} ms")


def _bring(
    engine: Engine, founded: Founded, bell: Bell | None, applications: int, *, kind: str
) -> None:
    for _ in range(applications):
        time.sleep(random.uniform(0.05, 0.25))
        id_ = uuid4()
        _insert(engine, founded, id_, kind=kind, rung=bell is not None)
        if bell is not None:
            bell.ring(
                Doorbell(
                    step=Step.VERIFY,
                    lane=Lane.NOW,
                    habilitation=founded.habilitation,
                    ids=(id_,),
                )
            )


def _insert(engine: Engine, founded: Founded, id_: UUID, *, kind: str, rung: bool) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(
            insert(ApplicationRow).values(
                id=id_,
                reference=f"{kind}-{id_}",
                authority_id=founded.authority,
                portal_id=founded.portal,
                scheme_id=founded.scheme,
                structure_id=founded.structures["les-mesanges"],
                habilitation_id=founded.habilitation,
                same_application=id_.bytes,
                sealed=b"",
                status=Status.RECEIVED,
                lane=Lane.NOW,
                received_at=now,
                due_at=now,
                rung_at=now if rung else None,
            )
        )
        connection.execute(
            insert(ApplicationKeyRow).values(application_id=id_, ring_key="k", wrapped=b"")
        )


class _ticking:  # noqa: N801 - reads as a word
    def __init__(self, clockwork: Clockwork) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(clockwork,))

    def _run(self, clockwork: Clockwork) -> None:
        while not self._over.wait(Tempo().tick.total_seconds()):
            clockwork.tick()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def _calibration() -> float:
    started = time.perf_counter()
    sum(n * n for n in range(2_000_000))
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
