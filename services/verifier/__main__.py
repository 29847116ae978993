"""The verifier's composition root: `python -m services.verifier`."""

import asyncio
from datetime import timedelta
from random import SystemRandom

from services.verifier.habilitations import Clients, ProviderPace, Rights
from services.verifier.work import Verify, calls_stopper
from shared.queue.pace import Pace
from shared.sealing import KeyRing
from shared.settings import Settings, read_settings
from shared.states import Step
from shared.telemetry import configure_logs
from shared.working.assembly import Capacity, open_edges, run_worker


def main() -> None:
    """Verify until told to stop."""
    settings = read_settings()
    configure_logs(service="verifier", level=settings.log_level, style=settings.log_format)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    edges = open_edges(
        name="verifier",
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        namespace=settings.redis_namespace,
        window=settings.ring_window,
    )
    ring = KeyRing.read(settings.key_ring_file)
    pace = Pace(edges.client, namespace=settings.redis_namespace)
    rights = Rights(edges.engine, ring)
    in_flight = settings.provider_in_flight
    clients = Clients(
        rights,
        base_url=settings.provider_url,
        connections=in_flight,
        deadline_s=settings.provider_deadline_s,
    )
    work = Verify(
        ring=ring,
        clients=clients,
        stop_calls=calls_stopper(edges.engine, pace),
        first_retry=timedelta(seconds=settings.provider_first_retry_s),
        chance=SystemRandom(),
    )
    await run_worker(
        edges,
        service="verifier",
        step=Step.VERIFY,
        pace=ProviderPace(pace, rights),
        work=work,
        capacity=Capacity(in_flight, settings.worker_threads, settings.poll_ms),
        close=clients.close,
    )


if __name__ == "__main__":
    main()
