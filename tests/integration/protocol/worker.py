"""A worker process for tests: the real process, a step that the test chooses.

    python worker.py DATABASE_URL REDIS_URL NAMESPACE HOW [STOP_WITHIN_S]

HOW: `poison:<id>` ends the process on that application, `slow:<seconds>` takes its time.
"""

import asyncio
import os
import sys
from datetime import timedelta
from uuid import UUID

from shared.protocol.claiming import Held
from shared.protocol.saving import Move
from shared.protocol.tempo import Tempo
from shared.states import Status, Step
from shared.stopping import heed
from shared.telemetry import configure_logs
from shared.working.assembly import Capacity, open_edges, run_worker
from shared.working.batches import Work
from shared.working.pacing import NoPace

TEMPO = Tempo(heartbeat=timedelta(seconds=0.5), life=timedelta(seconds=1.5))


def poisoned_by(poison: UUID) -> Work:
    async def work(held: Held) -> Move:
        await asyncio.sleep(0.005)
        if held.id == poison:
            os._exit(9)
        return _settled(held)

    return work


def slow(seconds: float) -> Work:
    async def work(held: Held) -> Move:
        await asyncio.sleep(seconds)
        return _settled(held)

    return work


def _settled(held: Held) -> Move:
    return Move(application_id=held.id, claim=held.claim, was=held.status, now=Status.TO_REVIEW)


def main() -> None:
    heed()
    database_url, redis_url, namespace, how, *more = sys.argv[1:]
    stop_within_s = float(more[0]) if more else 30.0
    kind, _, value = how.partition(":")
    configure_logs(service="test", level="info", style="json")
    edges = open_edges(
        name="test",
        database_url=database_url,
        redis_url=redis_url,
        namespace=namespace,
        window=32,
    )
    asyncio.run(
        run_worker(
            edges,
            service="test",
            step=Step.VERIFY,
            pace=NoPace(),
            work=poisoned_by(UUID(value)) if kind == "poison" else slow(float(value)),
            capacity=Capacity(64, 8, 20, stop_within_s),
            tempo=TEMPO,
        )
    )


if __name__ == "__main__":
    main()
