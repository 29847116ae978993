"""The scheduler's composition root: `python -m services.scheduler`."""

import signal
import threading
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Engine

from services.scheduler import sealer
from services.scheduler.clockwork import Clockwork, run
from shared.protocol.tempo import Tempo
from shared.queue.pace import Pace
from shared.settings import read_settings
from shared.telemetry import configure_logs
from shared.working.assembly import open_edges


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
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    structlog.get_logger().info("scheduler.ready")
    _seal_beside(edges.engine, settings.seal_key_file, stop)
    pace = Pace(edges.client, namespace=settings.redis_namespace)
    clockwork = Clockwork(edges.engine, edges.bell, pace, tempo=tempo)
    run(clockwork, every_s=tempo.tick.total_seconds(), stopped=stop.wait)
    edges.engine.dispose()


def _seal_beside(engine: Engine, key_file: Path | None, stop: threading.Event) -> None:
    """Seal past days in a thread that a stop may cut short: a day is sealed whole or not at all."""
    if key_file is None:
        structlog.get_logger().warning("scheduler.seals_nothing", missing="BERCEAU_SEAL_KEY_FILE")
        return
    task = partial(sealer.run, sealer.Sealer(engine, key_file), stopped=stop.wait)
    threading.Thread(target=task, name="sealer", daemon=True).start()


if __name__ == "__main__":
    main()
