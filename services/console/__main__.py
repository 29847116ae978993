"""The console's composition root: `python -m services.console`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog
import uvicorn

from services.console.app import make_app
from services.console.door import RecordDoor
from services.console.guard import names_of
from services.console.house import House
from shared.queue.broker import open_redis
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine
from shared.store.scoping import heed_scopes
from shared.telemetry import configure_logs

_CONNECTIONS = 3
_REDIS_PATIENCE_S = 2.0
_MOST_AT_ONCE = 32
_FINISH_WITHIN_S = 1


def main() -> None:
    """Show the pages until told to stop."""
    settings = read_settings()
    configure_logs(service="console", level=settings.log_level, style=settings.log_format)
    app = make_app(_house(settings))
    structlog.get_logger().info("console.ready", port=settings.console_port)
    uvicorn.run(
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


def _house(settings: Settings) -> House:
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
    )


def _url(settings: Settings) -> str:
    """Where people reach the console, without a slash at its end."""
    here = f"http://127.0.0.1:{settings.console_port}"
    return (settings.console_url or here).rstrip("/")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
