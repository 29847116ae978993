"""The scheduler's composition root: `python -m services.scheduler`."""

from shared.stopping import heed, leave_within

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import threading
from functools import partial
from pathlib import Path
from random import SystemRandom

import structlog
from sqlalchemy import Engine

from services.scheduler import sampler, sealer
from services.scheduler.clockwork import Clockwork, run
from services.scheduler.presence import Presence
from shared.maintenance import NO_WINDOWS, announced_calendar
from shared.protocol.tempo import Tempo
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.settings import read_settings
from shared.telemetry import configure_logs
from shared.working.assembly import open_edges

_STOP_WITHIN_S = 1.5


def main() -> None:
    """Tick until told to stop."""
    settings = read_settings()
    configure_logs(service="scheduler", level=settings.log_level, style=settings.log_format)
    edges = open_edges(
        name="scheduler",
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        namespace=settings.redis_namespace,
        window=settings.ring_window,
    )
    tempo, stop = Tempo(), threading.Event()
    heed(partial(_stop, stop))
    structlog.get_logger().info("scheduler.ready")
    _seal_beside(edges.engine, settings.seal_key_file, stop)
    _sample_beside(edges.engine, stop)
    pace = Pace(edges.client, namespace=settings.redis_namespace)
    stops = Stops(edges.client, namespace=settings.redis_namespace)
    calendar = announced_calendar(SystemRandom()) if settings.maintenance else NO_WINDOWS
    clockwork = Clockwork(edges.engine, edges.bell, pace, stops, tempo=tempo, calendar=calendar)
    presence = Presence(edges.engine, service="scheduler", tempo=tempo)
    run(clockwork, every_s=tempo.tick.total_seconds(), stopped=stop.wait, beat=presence.beat)
    presence.end()
    edges.engine.dispose()
    structlog.get_logger().info("scheduler.stopped")


def _stop(stop: threading.Event) -> None:
    """End after this tick; a tick that lasts is cut short, for each of its writes is whole."""
    stop.set()
    leave_within(_STOP_WITHIN_S)


def _seal_beside(engine: Engine, key_file: Path | None, stop: threading.Event) -> None:
    """Seal past days in a thread that a stop may cut short: a day is sealed whole or not at all."""
    if key_file is None:
        structlog.get_logger().warning("scheduler.seals_nothing", missing="BERCEAU_SEAL_KEY_FILE")
        return
    task = partial(sealer.run, sealer.Sealer(engine, key_file), stopped=stop.wait)
    threading.Thread(target=task, name="sealer", daemon=True).start()


def _sample_beside(engine: Engine, stop: threading.Event) -> None:
    """Sample in a thread that a stop may cut short: a minute is written whole or not at all."""
    task = partial(sampler.run, engine, stopped=stop.wait)
    threading.Thread(target=task, name="sampler", daemon=True).start()


if __name__ == "__main__":
    main()
