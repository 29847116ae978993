"""The tariff worker's composition root: `python -m services.tariff`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import asyncio

from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from shared.crashing import arm
from shared.observing import observed
from shared.protocol.tempo import Tempo
from shared.queue.bell import at_once
from shared.sealing import KeyRing
from shared.settings import Settings, read_settings
from shared.states import Step
from shared.working.assembly import Capacity, open_edges, run_worker
from shared.working.pacing import NoPace


def main(tempo: Tempo | None = None) -> None:
    """Price until told to stop; a test may hurry the tempo."""
    settings = read_settings()
    with observed("tariff", settings):
        arm(settings.crash_folder, beside=settings.database_url.get_secret_value())
        asyncio.run(_run(settings, tempo))


async def _run(settings: Settings, tempo: Tempo | None) -> None:
    edges = open_edges(
        name="tariff",
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        namespace=settings.redis_namespace,
        window=at_once(settings.ring_window),
    )
    ring = KeyRing.read(settings.key_ring_file)
    work = Price(ring=ring, scales=Shelf(edges.engine), parties=Parties(edges.engine))
    await run_worker(
        edges,
        service="tariff",
        step=Step.PRICE,
        pace=NoPace(),
        work=work,
        capacity=Capacity(
            settings.provider_in_flight,
            settings.worker_threads,
            settings.poll_ms,
            settings.stop_within_s,
        ),
        tempo=tempo,
    )


if __name__ == "__main__":
    main()
