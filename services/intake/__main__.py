"""Intake as a process: `python -m services.intake`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
import uvicorn
from redis import Redis, RedisError

from services.intake.app import build_app
from services.intake.draining import Drain, Draining, Server
from services.intake.parts import Limits, Parts
from services.intake.promise import Promise
from services.intake.quiet_bell import QuietBell
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.queue.tolls import Tolls
from shared.sealing import KeyRing
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine
from shared.telemetry import configure_logs

_MOST_CONNECTIONS = 16
_REDIS_TIMEOUT_S = 0.5  # a doorbell is worth no more of a portal's time
_KEEP_ALIVE_S = 30

_log = structlog.get_logger()


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being served."""
    settings = read_settings()
    configure_logs(service="intake", level=settings.log_level, style=settings.log_format)
    parts = open_parts(settings)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # readiness asks for the revision
    _serve(parts, settings)
    parts.engine.dispose()


def open_parts(settings: Settings) -> Parts:
    """The real parts.

    Raises:
        SettingsError: when the key ring cannot be read.
    """
    redis = open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_TIMEOUT_S)
    broker = open_broker(redis, namespace=settings.redis_namespace)
    return Parts(
        engine=open_engine(
            settings.database_url.get_secret_value(),
            name="intake",
            connections=min(settings.intake_backlog, _MOST_CONNECTIONS),
        ),
        key_ring=KeyRing.read(settings.key_ring_file),
        bell=QuietBell(Bell(broker, window=settings.ring_window), clock=time.monotonic),
        redis_answers=_answers(redis),
        tolls=Tolls(redis, namespace=settings.redis_namespace, clock=time.monotonic),
        promises=Promise(promised_s=settings.promise_hours * 3_600, clock=time.monotonic),
        limits=Limits(
            at_once=settings.intake_backlog,
            body_bytes=settings.body_limit_bytes,
            batch_bytes=settings.batch_limit_bytes,
        ),
        clock=lambda: datetime.now(UTC),
    )


def _answers(redis: Redis) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            return bool(redis.ping())
        except RedisError:
            return False

    return answers


def _serve(parts: Parts, settings: Settings) -> None:
    drain = Drain(for_s=settings.drain_s)
    config = uvicorn.Config(
        Draining(build_app(parts), drain),
        host=settings.intake_host,
        port=settings.intake_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )
    _log.info("intake.ready", host=settings.intake_host, port=settings.intake_port)
    Server(config, drain).run()
    _log.info("intake.stopped")


if __name__ == "__main__":
    main()
