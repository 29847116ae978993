"""The console's composition root: `python -m services.console`."""

from shared.stopping import heed

if __name__ == "__main__":
    heed()  # an order to stop that comes while we are still importing is obeyed too

from functools import partial

import structlog
import uvicorn

from services.console.app import Sources, make_app
from shared.observing import observed
from shared.queue.broker import open_redis
from shared.settings import Settings, read_settings
from shared.store.engine import open_engine
from shared.watching.reading import read_snapshot
from shared.watching.timeline import read_timeline

_CONNECTIONS = 3
_REDIS_PATIENCE_S = 2.0
_MOST_AT_ONCE = 32
_FINISH_WITHIN_S = 1


def main() -> None:
    """Show the page until told to stop."""
    settings = read_settings()
    with observed("console", settings):
        _serve(settings)


def _serve(settings: Settings) -> None:
    app = make_app(_sources(settings), host=settings.console_host)
    structlog.get_logger().info("console.ready", port=settings.console_port)
    uvicorn.run(
        app,
        host=settings.console_host,
        port=settings.console_port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=_FINISH_WITHIN_S,
    )


def _sources(settings: Settings) -> Sources:
    engine = open_engine(
        settings.database_url.get_secret_value(), name="console", connections=_CONNECTIONS
    )
    client = open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_PATIENCE_S)
    return Sources(
        snapshot=partial(
            read_snapshot,
            engine,
            client,
            namespace=settings.redis_namespace,
            window=settings.ring_window,
        ),
        timeline=partial(read_timeline, engine),
    )


if __name__ == "__main__":
    main()
