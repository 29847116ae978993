"""The verifier's composition root: `python -m services.verifier`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from importlib.metadata import entry_points
from random import SystemRandom
from uuid import UUID

import httpx

from services.verifier import eaje, qf
from services.verifier.clients import Clients, Profiles
from services.verifier.contract import GROUP, Provider
from services.verifier.habilitations import ProviderPace, Rights
from services.verifier.health import Health, Trials
from services.verifier.months import QuotientMonths
from services.verifier.provider.client import Patience, open_http, presenting, trusted
from services.verifier.quota import watch
from services.verifier.registry import registry
from services.verifier.tax import provider as tax
from services.verifier.work import Verify, calls_stopper
from shared.crashing import arm
from shared.endpoints import provider_of
from shared.maintenance import NO_WINDOWS, announced_calendar
from shared.observing import observed
from shared.protocol.tempo import Tempo
from shared.queue.bell import at_once
from shared.queue.limits import Limit, Limits
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.sealing import KeyRing
from shared.settings import Settings, read_options, read_settings
from shared.states import Step
from shared.working.assembly import Capacity, open_edges, run_worker

_MINUTE = 60


def main(tempo: Tempo | None = None) -> None:
    """Verify until told to stop; a test may hurry the tempo."""
    settings = read_settings()
    with observed("verifier", settings):
        arm(settings.crash_folder, beside=settings.database_url.get_secret_value())
        asyncio.run(_run(settings, _providers(settings), tempo))


def _providers(settings: Settings) -> dict[str, Provider]:
    url = settings.provider_url
    with_proof = eaje.eaje(url, with_proof=settings.eaje_proof)
    builtin: dict[str, Provider] = {eaje.PROFILE: with_proof, qf.PROFILE: qf.qf(url)}
    if settings.tax_url is not None:
        builtin[tax.PROFILE] = tax.Tax(settings.tax_url)
    return registry(
        builtin,
        settings.providers.split(",") if settings.providers else (),
        installed=entry_points(group=GROUP),
        options=read_options,
    )


def _http(
    settings: Settings, connections: int, patience: Patience
) -> Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]]:
    """How connections are opened for a profile; a file that cannot be read is told at once."""
    usual, proxy = trusted(settings.provider_ca_file), settings.provider_proxy
    own = {tax.PROFILE: _trust_of_tax(settings)}

    def opened(profile: str) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return open_http(
            connections=connections,
            patience=patience,
            trust=own.get(profile, usual),
            proxy=proxy.get_secret_value() if proxy else None,
        )

    return opened


def _trust_of_tax(settings: Settings) -> ssl.SSLContext:
    """The DGFiP's gateway asks who we are (conditions of API Impôt particulier, article 4)."""
    trust, certificate = trusted(settings.provider_ca_file), settings.tax_certificate_file
    if certificate is None:
        return trust
    return presenting(trust, certificate, settings.tax_key_file)


def _limits(settings: Settings) -> Limits:
    return Limits(
        egress=settings.egress,
        api_particulier=Limit(settings.egress_per_minute, _MINUTE),
        dgfip=Limit(settings.dgfip_per_minute, _MINUTE),
        headroom=settings.headroom_percent / 100,
    )


def _watcher(pace: Pace, limits: Limits) -> Callable[[httpx.AsyncClient, UUID, str], None]:
    """Who reads what the answers say of quotas."""

    def watched(http: httpx.AsyncClient, habilitation: UUID, profile: str) -> None:
        watch(pace, http, habilitation, limits.of(provider_of(profile)))

    return watched


async def _run(settings: Settings, providers: Mapping[str, Provider], tempo: Tempo | None) -> None:
    edges = open_edges(
        name="verifier",
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        namespace=settings.redis_namespace,
        window=at_once(settings.ring_window),
    )
    ring = KeyRing.read(settings.key_ring_file)
    namespace = settings.redis_namespace
    pace, stops = Pace(edges.client, namespace=namespace), Stops(edges.client, namespace=namespace)
    rights, profiles, trials = Rights(edges.engine, ring), Profiles(edges.engine), Trials()
    in_flight, patience = settings.provider_in_flight, Patience.of(settings.provider_deadline_s)
    limits, lease_s = _limits(settings), patience.total + 5
    permits = ProviderPace(pace, rights, profiles, limits, trials, probe_lease_s=lease_s)
    clients = Clients(
        providers,
        profiles=profiles,
        rights=rights,
        open_http=_http(settings, in_flight, patience),
        connections=in_flight,
        patience=patience,
        watch=_watcher(pace, limits),
        take_another=permits.take_another,
    )
    work = Verify(
        ring=ring,
        clients=clients,
        stop_calls=calls_stopper(edges.engine, pace),
        health=Health(edges.engine, stops, profiles=profiles, trials=trials),
        first_retry=timedelta(seconds=settings.provider_first_retry_s),
        chance=SystemRandom(),
        months=QuotientMonths(edges.engine),
    )
    await run_worker(
        edges,
        service="verifier",
        step=Step.VERIFY,
        pace=permits,
        work=work,
        capacity=Capacity(
            in_flight, settings.worker_threads, settings.poll_ms, settings.stop_within_s
        ),
        tempo=tempo,
        calendar=announced_calendar(SystemRandom()) if settings.maintenance else NO_WINDOWS,
        close=clients.close,
    )


if __name__ == "__main__":
    main()
