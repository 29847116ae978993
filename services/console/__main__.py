"""The console's composition root: `python -m services.console`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from types import FrameType
from urllib.parse import urlsplit

import httpx
import structlog
import uvicorn

from services.console.app import make_app
from services.console.door import RecordDoor
from services.console.guard import names_of
from services.console.house import House
from services.console.identity.metadata import Directory
from services.console.identity.provider import IdentityProvider
from shared.blind_names import IndexKeys
from shared.maintenance import NO_WINDOWS, Calendar, announced
from shared.observing import observed
from shared.queue.broker import open_redis
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine
from shared.store.scoping import heed_scopes

_CONNECTIONS = 3
_REDIS_PATIENCE_S = 2.0
_MOST_AT_ONCE = 128
_PROVIDER_PATIENCE_S = 5.0
_FINISH_WITHIN_S = 1


def main() -> None:
    """Show the pages until told to stop."""
    settings = read_settings()
    with observed("console", settings):
        _serve(settings)


def _serve(settings: Settings) -> None:
    told = Event()
    app = make_app(_house(settings, told.is_set))
    structlog.get_logger().info("console.ready", port=settings.console_port)
    config = uvicorn.Config(
        app,
        host=settings.console_host,
        port=settings.console_port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=settings.console_proxy is not None,
        forwarded_allow_ips=settings.console_proxy,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=_FINISH_WITHIN_S,
    )
    _Server(config, told).run()


class _Server(uvicorn.Server):
    """Tells the streams that they are to end: uvicorn waits for them."""

    def __init__(self, config: uvicorn.Config, told: Event) -> None:
        super().__init__(config)
        self._told = told

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._told.set()
        super().handle_exit(sig, frame)


def _house(settings: Settings, closing: Callable[[], bool]) -> House:
    index = settings.index_key_file
    url = (settings.console_database_url or settings.database_url).get_secret_value()
    record = heed_scopes(open_engine(url, name="console", connections=_CONNECTIONS))
    return House(
        record=record,
        door=RecordDoor(record, _now),
        redis=open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_PATIENCE_S),
        namespace=settings.redis_namespace,
        ring_window=settings.ring_window,
        names=names_of(settings.console_host, urlsplit(_url(settings)).hostname or ""),
        url=_url(settings),
        index_keys=None if index is None else IndexKeys.read(index),
        calendar=Calendar(announced()) if settings.maintenance else NO_WINDOWS,
        closing=closing,
        directory=_directory(settings),
    )


def _directory(settings: Settings) -> Directory | None:
    """The identity provider, over the same way out as the providers of data."""
    if settings.oidc_issuer is None:
        return None
    secret, proxy = settings.oidc_client_secret, settings.provider_proxy
    provider = IdentityProvider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        label=settings.oidc_label,
    )
    tls = ssl.create_default_context()
    if settings.provider_ca_file is not None:
        tls.load_verify_locations(settings.provider_ca_file)
    way_out = proxy.get_secret_value() if proxy else None
    return Directory(
        provider,
        httpx.Client(timeout=_PROVIDER_PATIENCE_S, verify=tls, proxy=way_out, trust_env=False),
    )


def _url(settings: Settings) -> str:
    """Where people reach the console, without a slash at its end."""
    here = f"http://127.0.0.1:{settings.console_port}"
    return (settings.console_url or here).rstrip("/")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
