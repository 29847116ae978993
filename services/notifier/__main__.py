"""The notifier's composition root: `python -m services.notifier`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import asyncio
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom

import structlog

from services.notifier.resolving import system_lookup
from services.notifier.sending import DEADLINE_S, Sender
from services.notifier.work import Notifier
from shared.crashing import arm
from shared.observing import observed
from shared.protocol.tempo import Tempo
from shared.sealing import KeyRing
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine
from shared.working.life import born

_CONNECTIONS = 4


def main(tempo: Tempo | None = None) -> None:
    """Deliver until told to stop; a test may hurry the tempo."""
    settings = read_settings()
    with observed("notifier", settings):
        arm(settings.crash_folder, beside=settings.database_url.get_secret_value())
        asyncio.run(_run(settings, tempo or Tempo()))


async def _run(settings: Settings, tempo: Tempo) -> None:
    ring = KeyRing.read(settings.key_ring_file)
    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name="notifier", connections=_CONNECTIONS)
    life = await born(engine, service="notifier", tempo=tempo)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    heed(partial(loop.call_soon_threadsafe, stop.set))
    sender = Sender(
        system_lookup, clock=lambda: datetime.now(UTC), loopback=settings.webhook_loopback
    )
    notifier = Notifier(engine, ring, sender, life, chance=SystemRandom())
    beats = asyncio.create_task(life.run())
    beats.add_done_callback(lambda _: stop.set())  # who beats no more must not go on
    structlog.get_logger().info("notifier.ready", worker=str(life.worker))
    await notifier.run(stop, stop_within_s=min(settings.stop_within_s, DEADLINE_S))
    if beats.done():
        await beats
    beats.cancel()
    await sender.close()
    await life.end()
    engine.dispose()
    structlog.get_logger().info("notifier.stopped")


if __name__ == "__main__":
    main()
