"""The verifier's composition root: `python -m services.verifier`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from importlib.metadata import entry_points
from random import SystemRandom

import httpx

from services.verifier import eaje
from services.verifier.clients import Clients, Profiles
from services.verifier.contract import GROUP, Provider
from services.verifier.habilitations import ProviderPace, Rights
from services.verifier.provider.client import Patience, open_http, trusted
from services.verifier.registry import registry
from services.verifier.work import Verify, calls_stopper
from shared.queue.pace import Pace
from shared.sealing import KeyRing
from shared.settings import Settings, read_options, read_settings
from shared.states import Step
from shared.telemetry import configure_logs
from shared.working.assembly import Capacity, open_edges, run_worker


def main() -> None:
    """Verify until told to stop."""
    settings = read_settings()
    configure_logs(service="verifier", level=settings.log_level, style=settings.log_format)
    asyncio.run(_run(settings, _providers(settings)))


def _providers(settings: Settings) -> dict[str, Provider]:
    return registry(
        {eaje.PROFILE: eaje.Eaje(settings.provider_url)},
        settings.providers.split(",") if settings.providers else (),
        installed=entry_points(group=GROUP),
        options=read_options,
    )


def _http(
    settings: Settings, connections: int, patience: Patience
) -> Callable[[], AbstractAsyncContextManager[httpx.AsyncClient]]:
    """How connections to providers are opened; an unreadable CA file is told at once."""
    proxy = settings.provider_proxy
    return partial(
        open_http,
        connections=connections,
        patience=patience,
        trust=trusted(settings.provider_ca_file),
        proxy=proxy.get_secret_value() if proxy else None,
    )


async def _run(settings: Settings, providers: Mapping[str, Provider]) -> None:
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
    in_flight, patience = settings.provider_in_flight, Patience.of(settings.provider_deadline_s)
    clients = Clients(
        providers,
        profiles=Profiles(edges.engine),
        rights=rights,
        open_http=_http(settings, in_flight, patience),
        connections=in_flight,
        patience=patience,
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
        capacity=Capacity(
            in_flight, settings.worker_threads, settings.poll_ms, settings.stop_within_s
        ),
        close=clients.close,
    )


if __name__ == "__main__":
    main()
