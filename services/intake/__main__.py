"""Intake as a process: `python -m services.intake`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import structlog
import uvicorn
from dramatiq.brokers.redis import RedisBroker
from redis import Redis, RedisError
from sqlalchemy import Engine

from services.intake.app import build_app
from services.intake.draining import Drain, Draining, Server
from services.intake.franceconnect.asking import Asking
from services.intake.franceconnect.opening import Provider, open_asking
from services.intake.parts import Limits, Parts
from services.intake.promise import Promise
from services.intake.quiet_bell import QuietBell
from services.tariff.shelf import Shelf
from shared.blind_names import IndexKeys
from shared.crashing import arm
from shared.observing import observed
from shared.protocol.claiming import unring
from shared.protocol.honest_bell import HonestBell
from shared.queue import limits
from shared.queue.bell import Bell, at_once
from shared.queue.broker import open_broker, open_redis
from shared.queue.tolls import Tolls
from shared.sealing import KeyRing
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine

_MOST_CONNECTIONS = 16
_REDIS_TIMEOUT_S = 0.5  # a doorbell is worth no more of a portal's time
_KEEP_ALIVE_S = 30
_MINUTE = 60

_log = structlog.get_logger()


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being served."""
    settings = read_settings()
    with observed("intake", settings):
        arm(settings.crash_folder, beside=settings.database_url.get_secret_value())
        parts = open_parts(settings)
        logging.getLogger("alembic").setLevel(logging.WARNING)  # readiness asks for the revision
        _serve(parts, settings)
        parts.engine.dispose()


def open_parts(settings: Settings) -> Parts:
    """The real parts.

    Raises:
        SettingsError: when the key ring, the index key or the file of certificates cannot be read.
    """
    redis = open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_TIMEOUT_S)
    broker = open_broker(redis, namespace=settings.redis_namespace)
    engine = open_engine(
        settings.database_url.get_secret_value(),
        name="intake",
        connections=min(settings.intake_backlog, _MOST_CONNECTIONS),
    )
    return Parts(
        engine=engine,
        key_ring=KeyRing.read(settings.key_ring_file),
        bell=_bell(broker, engine, settings.ring_window),
        redis_answers=_answers(redis),
        tolls=Tolls(redis, namespace=settings.redis_namespace, clock=time.monotonic),
        promises=Promise(promised_s=settings.promise_hours * 3_600, clock=time.monotonic),
        asking=_asking(settings, engine, redis),
        scale_of=Shelf(engine).scale,
        limits=Limits(
            at_once=settings.intake_backlog,
            body_bytes=settings.body_limit_bytes,
            batch_bytes=settings.batch_limit_bytes,
        ),
        clock=lambda: datetime.now(UTC),
        index_keys=IndexKeys.read(settings.index_key_file) if settings.index_key_file else None,
    )


def _asking(settings: Settings, engine: Engine, redis: Redis) -> Asking:
    proxy = settings.provider_proxy
    shared = limits.Limits(
        egress=settings.egress,
        api_particulier=limits.Limit(settings.egress_per_minute, _MINUTE),
        headroom=settings.headroom_percent / 100,
    )
    provider = Provider(
        url=settings.provider_url,
        deadline_s=settings.provider_deadline_s,
        limits=shared,
        maintenance=settings.maintenance,
        ca_file=settings.provider_ca_file,
        proxy=proxy.get_secret_value() if proxy else None,
    )
    return open_asking(engine, redis, provider, namespace=settings.redis_namespace)


def _bell(broker: RedisBroker, engine: Engine, window: int) -> QuietBell:
    bell = Bell(broker, window=at_once(window))
    return QuietBell(HonestBell(bell, partial(unring, engine)), clock=time.monotonic)


def _answers(redis: Redis) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            return bool(redis.ping())
        except RedisError:
            return False

    return answers


def _serve(parts: Parts, settings: Settings) -> None:
    drain = Drain(for_s=settings.drain_s, then=parts.asking.stop)
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
