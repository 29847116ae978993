"""The scheduler's composition root: `python -m services.scheduler`."""

from shared.stopping import heed, leave_within

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

import structlog
from sqlalchemy import Engine

from services.scheduler import beside, inspector, sampler, sealer
from services.scheduler.clockwork import Clockwork, run
from services.scheduler.presence import Presence
from shared.crashing import arm
from shared.maintenance import NO_WINDOWS, announced_calendar
from shared.metering.instruments import REGISTRY
from shared.observing import observed
from shared.protocol.neighbours import neighbours
from shared.protocol.tempo import Tempo
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.settings import Settings, read_settings
from shared.watching.exposition import REST, Exposition, promised
from shared.watching.glass import Glass
from shared.watching.reading import read_snapshot
from shared.working.assembly import Edges, open_edges

_STOP_WITHIN_S = 1.5


def main(tempo: Tempo | None = None) -> None:
    """Tick until told to stop; a test may hurry the tempo."""
    settings = read_settings()
    with observed("scheduler", settings):
        arm(settings.crash_folder, beside=settings.database_url.get_secret_value())
        _run(settings, tempo or Tempo())


def _run(settings: Settings, tempo: Tempo) -> None:
    edges = open_edges(
        name="scheduler",
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        namespace=settings.redis_namespace,
        window=settings.ring_window,
    )
    stop = threading.Event()
    heed(partial(_stop, stop))
    structlog.get_logger().info("scheduler.ready")
    _seal_beside(edges.engine, settings.seal_key_file, stop)
    _sample_beside(edges.engine, stop)
    _inspect_beside(edges, settings.redis_namespace, stop)
    _show_figures(edges, settings)
    pace = Pace(edges.client, namespace=settings.redis_namespace)
    stops = Stops(edges.client, namespace=settings.redis_namespace)
    calendar = announced_calendar(SystemRandom()) if settings.maintenance else NO_WINDOWS
    clockwork = Clockwork(
        edges.engine,
        edges.bell,
        pace,
        stops,
        tempo=tempo,
        calendar=calendar,
        neighbours=neighbours(),
    )
    presence = Presence(edges.engine, service="scheduler", tempo=tempo)
    run(clockwork, every_s=tempo.tick.total_seconds(), stopped=stop.wait, beat=presence.beat)
    presence.end()
    edges.engine.dispose()
    structlog.get_logger().info("scheduler.stopped")


def _show_figures(edges: Edges, settings: Settings) -> None:
    """Queue figures among the metrics: the scheduler's alone, for they cost the record a look."""
    read = partial(
        read_snapshot,
        edges.engine,
        edges.client,
        namespace=settings.redis_namespace,
        window=settings.ring_window,
    )
    glass = Glass(read, rest=REST)
    REGISTRY.register(Exposition(glass.look, promised=promised(settings.promise_hours)))


def _inspect_beside(edges: Edges, namespace: str, stop: threading.Event) -> None:
    """Walk over the record in a thread that a stop may cut short: it only reads."""
    walks = inspector.Inspector(edges.engine, edges.client, namespace=namespace, begin=uuid4())
    _beside("inspector", walks.look, inspector.LOOKS_EVERY_S, stop)


def _stop(stop: threading.Event) -> None:
    """End after this tick; a tick that lasts is cut short, for each of its writes is whole."""
    stop.set()
    leave_within(_STOP_WITHIN_S)


def _seal_beside(engine: Engine, key_file: Path | None, stop: threading.Event) -> None:
    """Seal past days in a thread that a stop may cut short: a day is sealed whole or not at all."""
    if key_file is None:
        structlog.get_logger().warning("scheduler.seals_nothing", missing="BERCEAU_SEAL_KEY_FILE")
        return
    _beside("sealer", sealer.Sealer(engine, key_file).look, sealer.LOOKS_EVERY_S, stop)


def _sample_beside(engine: Engine, stop: threading.Event) -> None:
    """Sample in a thread that a stop may cut short: a minute is written whole or not at all."""
    _beside("sampler", partial(sampler.look, engine), sampler.LOOKS_EVERY_S, stop)


def _beside(name: str, look: Callable[[], object], every_s: float, stop: threading.Event) -> None:
    task = partial(beside.run, name, look, every_s=every_s, stopped=stop.wait)
    threading.Thread(target=task, name=name, daemon=True).start()


if __name__ == "__main__":
    main()
