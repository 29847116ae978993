"""Listening: a page of metrics on a port of its own, never on one that the public reaches.

One thread answers one scrape at a time, and waits for nobody longer than some seconds: whoever
opens many connections keeps Prometheus out, and nothing else. A port that is taken costs the page,
never the process: Prometheus then sees the target down.
"""

from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from threading import Thread

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from shared.metering.instruments import BUILD, REGISTRY

PATH = "/metrics"
PATIENCE_S = 3.0
_OK, _NOT_FOUND, _BROKEN = 200, 404, 500
_log = structlog.get_logger()


class _Page(BaseHTTPRequestHandler):
    """Answers GET /metrics; everything else is not found."""

    timeout = PATIENCE_S

    def __init__(self, registry: CollectorRegistry, *given: object) -> None:
        self._registry = registry
        super().__init__(*given)  # type: ignore[arg-type]  # as the server gives them

    def do_GET(self) -> None:  # http.server's name
        if self.path.partition("?")[0] != PATH:
            self._answer(_NOT_FOUND, b"", "text/plain")
            return
        try:
            encode, kind = choose_encoder(self.headers.get("Accept", ""))
            body = encode(self._registry)
        except Exception:  # noqa: BLE001  # a figure that cannot be read costs this scrape only
            _log.exception("metrics.broke")
            self._answer(_BROKEN, b"", "text/plain")
            return
        self._answer(_OK, body, kind)

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name for it
        """Keep silent: a scrape is no event."""


class Listener(HTTPServer):
    """A bound port; `serve` answers beside the process until it ends."""

    allow_reuse_address = True

    def __init__(self, host: str, port: int, registry: CollectorRegistry) -> None:
        super().__init__((host, port), partial(_Page, registry))

    def serve(self) -> None:
        Thread(target=self.serve_forever, name="metrics", daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A scrape that broke off is nobody's fault."""


def expose(service: str, *, host: str, port: int) -> None:
    """Show this process' metrics on a port, unless it is 0; a port that is taken is only told."""
    BUILD.labels(service, version("berceau")).set(1)
    if port == 0:
        return
    try:
        Listener(host, port, REGISTRY).serve()
    except OSError as taken:
        _log.error("metrics.not_served", port=port, error=type(taken).__name__)
        return
    _log.info("metrics.ready", host=host, port=port)
