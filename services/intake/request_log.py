"""The request log: one line and one span for each request, codes and ids only; and the last net.

Whatever a request makes say carries its correlation, which is that of its trace.
"""

from time import perf_counter
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.portals import Footprint
from services.intake.problems import Problem, answer_of
from services.intake.wordings import Kind
from shared.metering.instruments import REQUESTS
from shared.queue.tolls import Toll
from shared.tracing.parents import is_traceparent, trace_id, traceparent
from shared.tracing.spans import Span, span

_log = structlog.get_logger()
_PROBES = {"/healthz", "/readyz"}
_CLIENT_LEFT = 499
_NO_ROUTE = "none"


class RequestLog:
    """ASGI middleware, outermost: trace in and out, the log line, a bug turned into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("traceparent")
        parent = given if is_traceparent(given) else None
        with span("intake.request", parent=parent) as begun:
            entry = _Entry(scope, send, trace=begun.trace or traceparent(parent))
            with structlog.contextvars.bound_contextvars(correlation=trace_id(entry.trace)):
                await self._served(scope, receive, entry)
            entry.tell(begun)

    async def _served(self, scope: Scope, receive: Receive, entry: "_Entry") -> None:
        try:
            await self._app(scope, receive, entry.send)
        except ClientDisconnect:
            entry.status = _CLIENT_LEFT
        except Exception:  # noqa: BLE001  # the last net: a bug is logged and said as a problem
            _log.exception("request.failed")
            await self._apologise(scope, receive, entry)
        finally:
            entry.write()

    async def _apologise(self, scope: Scope, receive: Receive, entry: "_Entry") -> None:
        if entry.status is None:  # nothing was sent yet
            correlation = {"correlation": trace_id(entry.trace)}
            problem = Problem(Kind.INTERNAL_ERROR, members=correlation)
            await answer_of(problem)(scope, receive, entry.send)


class _Entry:
    """One request on its way through."""

    def __init__(self, scope: Scope, send: Send, *, trace: str) -> None:
        self.trace = trace
        self.status: int | None = None
        self._scope = scope
        self._send = send
        self._began = perf_counter()
        self._footprint = Footprint()
        state = scope.setdefault("state", {})
        state["trace"], state["footprint"] = self.trace, self._footprint

    async def send(self, message: Message) -> None:
        """Send on, with the trace in the headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["traceparent"] = self.trace
            if self._footprint.toll is not None:
                _tell(self._footprint.toll, headers)
        await self._send(message)

    def write(self) -> None:
        """Write the line: the route's template, never the path or the query as they came."""
        route, took = self._route, perf_counter() - self._began
        REQUESTS.labels(route or _NO_ROUTE, _class_of(self.status)).observe(took)
        level: Any = _log.debug if route in _PROBES else _log.info
        level(
            "request",
            method=self._scope["method"],
            route=route,
            status=self.status,
            ms=round(took * 1000, 1),
            portal=self._footprint.portal,
            reference=self._footprint.reference,
            exported=self._footprint.exported,
        )

    def tell(self, begun: Span) -> None:
        """Say the same of the span."""
        footprint = self._footprint
        begun.tell(route=self._route, portal=footprint.portal, application=footprint.reference)
        if self.status is not None:
            begun.tell(http_status=self.status)

    @property
    def _route(self) -> str | None:
        return getattr(self._scope.get("route"), "path", None)


def _class_of(status: int | None) -> str:
    """`2xx`; an answer that never began is a bug's, hence `5xx`."""
    return f"{(status or 500) // 100}xx"


def _tell(toll: Toll, headers: MutableHeaders) -> None:
    """What is left of the portal's limit (the header fields of the IETF's RateLimit draft)."""
    headers["RateLimit-Limit"] = str(toll.limit)
    headers["RateLimit-Remaining"] = str(toll.remaining)
    headers["RateLimit-Reset"] = str(toll.reset_s)
